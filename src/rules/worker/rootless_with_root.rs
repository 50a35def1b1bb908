//! A daemon with root that is told to do without.

use crate::rules::{Context, Rule, Sink};
use crate::settings::Deploy;

/// See the page.
pub static RULE: Rule = rule!("worker", "rootless_with_root", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(rootless) = worker.rootless.field().filter(|rootless| rootless.value) else {
            continue;
        };
        match context.settings.deploy {
            None => sink.unchecked(format!("{name}.rootless"), "need --deploy"),
            Some(Deploy::Daemon) => {
                let finding =
                    sink.report(rootless.span, "`rootless = true` for a daemon with root");
                finding
                    .key(format!("{name}.rootless"))
                    .label("taken at its word")
                    .note(
                        "steps run without cgroups and without /sys; with network mode `auto` they \
                         share the host's network",
                    )
                    .help("leave the line out; in a user namespace buildkitd sets it by itself");
            }
            Some(_) => {}
        }
    }
}
