//! More mirrors than help.

use crate::hosts::content;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "many", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for entry in config.registry.iter() {
        let count = entry.mirrors.items().len();
        let Some(field) = entry.mirrors.field().filter(|_| count > 5) else { continue };
        sink.report(
            field.key,
            format!("{count} mirrors for `{}` are asked one after the other", entry.name),
        )
        .label("in this order")
        .also(content(context.source, entry.key), "asked last")
        .note("a mirror that cannot be reached costs up to 30 seconds for each connection")
        .help("keep one or two that are near and known to work");
    }
}
