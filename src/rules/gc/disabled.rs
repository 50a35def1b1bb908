//! No garbage collection at all.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(gc) = worker.gc.field() else { continue };
        if !gc.value {
            sink.report(gc.span, "`gc = false` lets the cache grow without bound")
                .key(format!("{name}.gc"))
                .label("nothing is ever deleted")
                .note("cache stays until somebody prunes it or the disk is full")
                .help("leave the line out, and limit the cache with `maxUsedSpace`");
        }
    }
}
