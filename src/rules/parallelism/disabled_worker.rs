//! A limit for a worker that does not run.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "disabled_worker", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.workers() {
        let Some(off) = worker.enabled.field().filter(|enabled| !enabled.value) else { continue };
        let Some(limit) = worker.max_parallelism.field() else { continue };
        // Where none is left, that is the fault: `worker::both_disabled`.
        let Some((other, live)) = context.live_workers().next() else { return };
        let finding = sink
            .report(limit.key, format!("`max-parallelism` is set for `[{name}]`, which is off"));
        finding
            .key(format!("{name}.max-parallelism"))
            .label("limits nothing")
            .also(off.span, "turned off here")
            .note(format!("builds never run on this worker; the limit of `[{other}]` is its own"))
            .help(format!("move the line to `[{other}]`"));
        if live.max_parallelism.is_absent() {
            let path: Vec<_> = other.split('.').collect();
            let fix = Fix::unsafe_(format!("move it to `[{other}]`"));
            let fix = fix.move_pair(&context.layout, limit.key, "max-parallelism", &path);
            fix.map(|fix| finding.fix(fix));
        }
    }
}
