//! A CNI configuration that is not there.

use crate::report::{Impact, Level};
use crate::rules::network::cni;
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
        let Some(cni) = cni::of(worker) else { continue };
        let place = match context.look(cni.path) {
            Ok(place) => place,
            Err(reason) => {
                sink.start_unchecked(cni.path.to_owned(), reason);
                continue;
            }
        };
        if context.world.kind(&place) != Err(Failure::Missing) {
            continue;
        }
        let finding = sink
            .report(cni.span, format!("CNI configuration `{}` does not exist", cni.path))
            .key(format!("{name}.cniConfigPath"))
            .label("no such file");
        if cni.must {
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
