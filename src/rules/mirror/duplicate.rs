//! A mirror that is listed twice.

use crate::effective::Mirror;
use crate::hosts::{content, is_host, remove_mirror};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for entry in config.registry.iter() {
        let items = entry.mirrors.items();
        let read: Vec<Mirror> = items.iter().map(|item| Mirror::read(&item.value)).collect();
        for (at, mirror) in read.iter().enumerate() {
            let first = read.iter().take(at).position(|other| other == mirror);
            let (Some(item), Some(first)) = (items.get(at), first.and_then(|at| items.get(at)))
            else {
                continue;
            };
            if !is_host(&mirror.host) {
                continue;
            }
            let finding = sink
                .report(
                    content(context.source, item.span),
                    format!("mirror `{}` is listed twice", mirror.host),
                )
                .label("asked again when it has failed")
                .also(content(context.source, first.span), "first here");
            let fix = remove_mirror(&context.layout, entry, item, "remove the second one");
            fix.map(|fix| finding.fix(fix));
        }
    }
}
