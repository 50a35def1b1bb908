//! No worker left.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "both_disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let workers = &context.decoded.config.worker;
    let (Some(oci), Some(containerd)) =
        (workers.oci.enabled.field(), workers.containerd.enabled.field())
    else {
        return;
    };
    if oci.value || containerd.value {
        return;
    }
    // The later of the two takes the last one away.
    let (first, last) =
        if oci.span < containerd.span { (oci, containerd) } else { (containerd, oci) };
    sink.report(last.span, "both workers are turned off")
        .key("worker")
        .label("no worker is left")
        .also(first.span, "off already")
        .note("buildkitd ends with \"no worker found, rebuild the buildkit daemon?\"")
        .help("set `enabled = true` for the one that builds");
}
