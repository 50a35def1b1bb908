//! A number of records below zero.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("history", "negative_entries", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(most) = context.decoded.config.history.max_entries.field() else { return };
    if most.value < 0 {
        sink.report(most.span, format!("`maxEntries = {}` crashes the daemon", most.value))
            .key("history.maxEntries")
            .label("expected 0 or more")
            .note("buildkitd ends with a panic seconds after each start")
            .help("there is no way to say unlimited; write a large number");
    }
}
