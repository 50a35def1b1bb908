//! Far more steps at once than processors.

use super::too_large::MOST;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "cpus", check);

/// So many steps are no matter on any machine.
const FINE: u32 = 32;
/// Steps that one processor may well share among itself, as many wait for the network.
const PER_CPU: u32 = 8;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(cpus) = context.settings.cpus else { return };
    let most = cpus.saturating_mul(PER_CPU).max(FINE);
    for (name, worker) in context.live_workers() {
        let Some(limit) = worker.max_parallelism.field() else { continue };
        let above = limit.value > i64::from(most);
        // What reads like a size is another rule's.
        if above && limit.value <= MOST {
            let message = format!("{} parallel steps are many for {cpus} CPUs", limit.value);
            sink.report(limit.span, message)
                .key(format!("{name}.max-parallelism"))
                .label(format!("more than {PER_CPU} for each CPU"))
                .note("buildkitd starts that many steps at once if they are ready")
                .help("start with one or two steps for each CPU");
        }
    }
}
