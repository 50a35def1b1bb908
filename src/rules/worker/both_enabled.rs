//! A worker that never gets a build.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "both_enabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let workers = &context.decoded.config.worker;
    let Some(containerd) = workers.containerd.enabled.field().filter(|on| on.value) else { return };
    let other = &workers.oci.enabled;
    let (title, label) = match other.get() {
        Some(true) => ("both workers are turned on, but only one runs builds", "never used"),
        None if other.is_absent() => (
            "the OCI worker is left on, and runs all builds where runc is installed",
            "used only where there is no runc",
        ),
        _ => return,
    };
    let finding = sink.report(containerd.span, title);
    finding
        .key("worker.containerd.enabled")
        .label(label)
        .note("buildkitd ends at start if containerd does not answer")
        .help("to build with containerd, set `enabled = false` in `[worker.oci]`");
    if let Some(oci) = other.field() {
        finding.also(oci.span, "runs all builds");
    }
}
