//! A number of steps that reads like a size.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "too_large", check);

/// More steps than any daemon runs at once.
pub const MOST: i64 = 1024;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(limit) = worker.max_parallelism.field() else { continue };
        if limit.value > MOST {
            let message = format!("`max-parallelism = {}` limits nothing", limit.value);
            sink.report(limit.span, message)
                .key(format!("{name}.max-parallelism"))
                .label("a number of steps, not a size")
                .note("so many steps never run at once; parallel steps stay unlimited")
                .help("write how many steps may run at once, such as the number of CPUs");
        }
    }
}
