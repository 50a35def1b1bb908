//! A CNI configuration that is not there.

use crate::report::{Impact, Level};
use crate::rules::{Context, Rule, Sink};
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("network", "cni_config_missing", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.driver().is_some() {
        // The container has no file of the host: `deploy::host_path`.
        return;
    }
    for (name, worker) in context.live_workers() {
        let Some(path) = worker.cni_config_path.field() else { continue };
        let must = match worker.network_mode.text() {
            "cni" => true,
            // Without root, `auto` is the host's network anyway.
            "auto" | "" if !worker.rootless.is_true() => false,
            _ => continue,
        };
        let Some(place) = context.path(&path.value) else {
            sink.unchecked(path.value.as_ref(), context.unseen(&path.value));
            continue;
        };
        if context.world.kind(&place) != Err(Failure::Missing) {
            continue;
        }
        let finding = sink
            .report(path.span, format!("CNI configuration `{}` does not exist", path.value))
            .key(format!("{name}.cniConfigPath"))
            .label("no such file");
        if must {
            finding
                .impact(Impact::Start)
                .level(Level::Deny)
                .note("buildkitd ends with \"failed to read cni config\" at start");
        } else {
            finding.note("buildkitd starts and puts all build steps on the host's network").help(
                "mend the path, and set `networkMode = \"cni\"` so that a missing file is fatal",
            );
        }
    }
}
