//! A mirror that is listed twice.

use crate::hosts::{content, remove_mirror};
use crate::order::Order;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut sorted = Vec::new();
    for table in context.mirrors().tables() {
        sorted.clear();
        sorted.extend(table.mirrors);
        sorted.order_by(|a, b| (&a.host, &a.path).cmp(&(&b.host, &b.path)));
        for same in sorted.chunk_by(|a, b| (&a.host, &a.path) == (&b.host, &b.path)) {
            let Some((first, again)) = same.split_first() else { continue };
            for mirror in again.iter().filter(|mirror| mirror.is_host()) {
                let finding = sink
                    .report(
                        content(context.source, mirror.element.span),
                        format!("mirror `{}` is listed twice", mirror.host),
                    )
                    .label("asked again when it has failed")
                    .also(content(context.source, first.element.span), "first here");
                let fix = remove_mirror(
                    &context.layout,
                    table.entry,
                    mirror.element,
                    "remove the second one",
                );
                fix.map(|fix| finding.fix(fix));
            }
        }
    }
}
