//! A runtime that does not count when buildkitd looks for one.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "binary_not_probed", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let Some(binary) = worker.binary.field().filter(|binary| !binary.value.is_empty()) else {
        return;
    };
    let program = binary.value.rsplit('/').next().unwrap_or_default();
    let runc = matches!(program, "runc" | "buildkit-runc");
    if worker.enabled.is_absent() && !runc {
        sink.report(
            binary.span,
            format!("`{}` alone does not turn the OCI worker on", binary.value),
        )
        .key("worker.oci.binary")
        .label("used once the worker is on")
        .note(
            "without `enabled`, buildkitd looks for `buildkit-runc` or `runc`, and leaves the \
                 worker out where neither is installed",
        )
        .help("set `enabled = true` beside it");
    }
}
