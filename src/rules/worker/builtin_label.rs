//! A label that buildkitd sets itself.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "builtin_label", check);

/// What buildkitd's own labels begin with.
const PREFIX: &str = "org.mobyproject.buildkit.worker.";
/// Those that it has.
const BUILT_IN: &[&str] = &[
    "executor",
    "snapshotter",
    "hostname",
    "network",
    "apparmor.profile",
    "selinux.enabled",
    "oci.process-mode",
    "containerd.uuid",
    "containerd.namespace",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        for label in &worker.labels.entries {
            let Some(own) = label.name.strip_prefix(PREFIX) else { continue };
            if BUILT_IN.contains(&own) {
                sink.report(label.key, format!("`{}` is a label of buildkitd's own", label.name))
                    .key(format!("{name}.labels"))
                    .label("put over the true one")
                    .note("clients that list workers see this value, whatever the worker does")
                    .help("take a name of your own, such as \"com.example.pool\"");
            }
        }
    }
}
