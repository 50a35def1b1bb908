//! A folder of CNI plugins that is not there.

use crate::rules::{Context, Rule, Sink};
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("network", "cni_binaries_missing", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let cni = worker.network_mode.text() == "cni";
        let Some(path) = worker.cni_binary_path.field().filter(|_| cni) else { continue };
        let Some(place) = context.path(&path.value) else {
            sink.unchecked(path.value.as_ref(), context.unseen(&path.value));
            continue;
        };
        if context.world.kind(&place) == Err(Failure::Missing) {
            sink.report(path.span, format!("folder `{}` does not exist", path.value))
                .key(format!("{name}.cniBinaryPath"))
                .label("expected the plugins of CNI")
                .note("buildkitd ends with \"failed to read cni binary dir\" at start");
        }
    }
}
