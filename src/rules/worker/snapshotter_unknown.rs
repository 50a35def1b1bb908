//! A snapshotter that the OCI worker does not have.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "snapshotter_unknown", check);

const KNOWN: [&str; 5] = ["auto", "overlayfs", "native", "fuse-overlayfs", "stargz"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    // A proxied snapshotter has any name.
    let proxied = !worker.proxy_snapshotter_path.is_absent();
    let off = worker.enabled.get() == Some(&false);
    let Some(name) = worker.snapshotter.field().filter(|_| !proxied && !off) else { return };
    if name.value.is_empty() || KNOWN.contains(&name.value.as_ref()) {
        return;
    }
    let finding = sink
        .report(name.span, format!("the OCI worker has no snapshotter `{}`", name.value))
        .key("worker.oci.snapshotter")
        .label("expected `auto`, `overlayfs`, `native`, `fuse-overlayfs` or `stargz`")
        .note("buildkitd ends with \"unknown snapshotter name\" at start");
    let lower = name.value.to_lowercase();
    let meant = match lower.as_str() {
        "overlay" | "overlay2" => Some("overlayfs"),
        lower => KNOWN.into_iter().find(|known| *known == lower),
    };
    match meant {
        Some(meant) => {
            let text = format!("\"{meant}\"");
            finding.fix(Fix::unsafe_("use the built-in one").replace(name.span, text))
        }
        None => finding.help("leave the line out, or name the socket in `proxySnapshotterPath`"),
    };
}
