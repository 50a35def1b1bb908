//! A limit below zero, which is none.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "negative", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(limit) = worker.max_parallelism.field() else { continue };
        if limit.value < 0 {
            let message = format!("`max-parallelism = {}` sets no limit", limit.value);
            sink.report(limit.span, message)
                .key(format!("{name}.max-parallelism"))
                .label("expected a number above zero")
                .note("buildkitd runs every step that is ready, as if the line were not there")
                .help("write how many steps may run at once, or leave the line out");
        }
    }
}
