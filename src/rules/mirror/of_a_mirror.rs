//! Mirrors of a host that is a mirror itself.

use crate::hosts::{content, is_named_by_images};
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "of_a_mirror", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let name = &*entry.name;
        let Some(field) = entry.mirrors.field().filter(|field| !field.value.is_empty()) else {
            continue;
        };
        let mut listing = table.served().filter(|m| m.entry.name != name);
        let Some(mirror) = listing.next() else { continue };
        let lister = &mirror.entry.name;
        let finding = sink
            .report(
                field.key,
                format!("mirrors of `{name}` are not asked for images of `{lister}`"),
            )
            .also(
                content(context.source, mirror.element.span),
                "asked, and its own mirrors are not",
            )
            .note("a mirror has its TLS settings from its table, and nothing else");
        if is_named_by_images(name) {
            finding.level(Level::Note).label(format!("asked only for images named `{name}/…`"));
        } else {
            finding.label("never asked");
        }
        finding.help(format!("list them in `[registry.\"{lister}\"]` too"));
    }
}
