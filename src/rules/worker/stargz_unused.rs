//! Settings of a snapshotter that is not the one in use.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "stargz_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let proxied = !worker.proxy_snapshotter_path.is_absent();
    let used = worker.snapshotter.text() == "stargz" && !proxied;
    let Some(place) = worker.stargz_snapshotter.places.first().filter(|_| !used) else { return };
    let finding = sink.report(*place, "`stargzSnapshotter` has no effect");
    finding.key("worker.oci.stargzSnapshotter").label("read for `snapshotter = \"stargz\"` alone");
    if let Some(other) = worker.snapshotter.field() {
        finding.also(other.span, "the snapshotter chosen");
    }
    finding.help("choose that snapshotter, or remove these settings");
}
