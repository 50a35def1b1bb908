//! Steps in the daemon's process namespace, although it has root.

use crate::report::Level;
use crate::rules::{Context, Rule, Sink};
use crate::settings::Deploy;

/// See the page.
pub static RULE: Rule = rule!("worker", "no_process_sandbox", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let off = worker.enabled.get() == Some(&false);
    let Some(open) = worker.no_process_sandbox.field().filter(|open| open.value && !off) else {
        return;
    };
    // In a user namespace the flag `--rootless` is on by itself.
    let deploy = context.settings.deploy;
    if worker.rootless.is_true() || deploy == Some(Deploy::Rootless) {
        return;
    }
    let finding = sink
        .report(open.span, "`noProcessSandbox = true` needs a daemon without root")
        .key("worker.oci.noProcessSandbox")
        .label("refused without `rootless`");
    if deploy.is_some() {
        finding.note("buildkitd ends with an error at start");
    } else {
        finding
            .level(Level::Warn)
            .note("with root buildkitd ends with an error at start; in a user namespace it starts");
    }
    finding.help("remove the line, or set `rootless = true` where the daemon really has no root");
}
