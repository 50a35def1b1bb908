//! A snapshotter that containerd cannot have.

use crate::report::{Fix, Impact};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "containerd_snapshotter", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.containerd;
    let enabled = worker.enabled.get();
    let name = worker.snapshotter.field().filter(|_| enabled != Some(&false));
    let Some(name) = name else { return };
    if name.value == "auto" {
        let finding = sink.report(name.span, "containerd has no snapshotter `auto`");
        finding
            .key("worker.containerd.snapshotter")
            .label("known to the OCI worker alone")
            .note("buildkitd starts; builds on this worker fail when containerd is asked for it");
        let fix = Fix::unsafe_("leave it out, for `overlayfs`");
        fix.remove_pair(&context.layout, name.key).map(|fix| finding.fix(fix));
    } else if name.value.contains('/') {
        sink.report(name.span, format!("`{}` cannot be the name of a snapshotter", name.value))
            .key("worker.containerd.snapshotter")
            // Without containerd and without `enabled`, buildkitd does without this worker.
            .impact(if enabled == Some(&true) { Impact::Start } else { Impact::Build })
            .label("holds a slash")
            .note("where containerd runs, buildkitd ends with \"bad snapshotter name\" at start")
            .help("name a plugin of containerd, such as `overlayfs`");
    }
}
