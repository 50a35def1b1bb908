//! More steps at once than the memory carries.

use super::too_large::MOST;
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "memory", check);

/// Below this many MiB a step, most compilers do not get through.
const LITTLE: u64 = 512;
/// Below this many MiB a step, large ones do not.
const ENOUGH: u64 = 1024;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(limit) = worker.max_parallelism.field() else { continue };
        let Some(steps) = u64::try_from(limit.value).ok().filter(|steps| *steps > 1) else {
            continue;
        };
        // What reads like a size is another rule's.
        if limit.value > MOST {
            continue;
        }
        let Some(memory) = context.settings.memory else {
            sink.unchecked("memory for parallel steps", "need --memory");
            continue;
        };
        let share = (memory >> 20) / steps;
        if share >= ENOUGH {
            continue;
        }
        let message = format!("{steps} parallel steps leave {share} MiB of memory for each");
        sink.report(limit.span, message)
            .key(format!("{name}.max-parallelism"))
            .level(if share < LITTLE { Level::Warn } else { Level::Note })
            .label(format!("on a machine with {} MiB", memory >> 20))
            .note("buildkitd sets no memory limit for steps; the kernel kills what is too much")
            .help(format!("allow at most {} steps", ((memory >> 20) / ENOUGH).max(1)))
            .fact("mib_per_step", share);
    }
}
