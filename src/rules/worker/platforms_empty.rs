//! An empty list of platforms.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "platforms_empty", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(platforms) = worker.platforms.field().filter(|list| list.value.is_empty()) else {
            continue;
        };
        sink.report(platforms.span, "an empty `platforms` keeps no platform out")
            .key(format!("{name}.platforms"))
            .label("at first the host's alone")
            .note("what the host can emulate is added when workers are listed, as without the key")
            .help("leave the line out");
    }
}
