//! A limit of zero steps, which is none.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "unlimited", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(limit) = worker.max_parallelism.field() else { continue };
        if limit.value == 0 {
            sink.report(limit.span, "`max-parallelism = 0` sets no limit")
                .key(format!("{name}.max-parallelism"))
                .label("the default, unlimited")
                .note("buildkitd starts every step that is ready, over all builds together")
                .help("write how many steps may run at once; 1 runs them one by one");
        }
    }
}
