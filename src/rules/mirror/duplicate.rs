//! A mirror that is listed twice.

use std::collections::HashMap;

use crate::effective::Mirror;
use crate::hosts::{content, is_host, remove_mirror};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for entry in config.registry.iter() {
        let items = entry.mirrors.items();
        let mut seen = HashMap::new();
        for item in items {
            let mirror = Mirror::read(&item.value);
            let host = mirror.host.clone();
            let first = *seen.entry((mirror.host, mirror.path)).or_insert(item);
            if std::ptr::eq(first, item) || !is_host(&host) {
                continue;
            }
            let finding = sink
                .report(
                    content(context.source, item.span),
                    format!("mirror `{host}` is listed twice"),
                )
                .label("asked again when it has failed")
                .also(content(context.source, first.span), "first here");
            let fix = remove_mirror(&context.layout, entry, item, "remove the second one");
            fix.map(|fix| finding.fix(fix));
        }
    }
}
