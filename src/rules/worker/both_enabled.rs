//! A worker that never gets a build.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "both_enabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let workers = &context.decoded.config.worker;
    let on = |field: &&crate::model::Field<bool>| field.value;
    let oci = workers.oci.enabled.field().filter(on);
    let containerd = workers.containerd.enabled.field().filter(on);
    if let (Some(oci), Some(containerd)) = (oci, containerd) {
        sink.report(containerd.span, "both workers are turned on, but only one runs builds")
            .key("worker.containerd.enabled")
            .label("started and never used")
            .also(oci.span, "runs all builds")
            .note("buildkitd ends at start if containerd does not answer")
            .help("to build with containerd, set `enabled = false` in `[worker.oci]`");
    }
}
