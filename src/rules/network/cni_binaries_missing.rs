//! Network plugins that are not installed.

use crate::model::Worker;
use crate::rules::network::cni;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("network", "cni_binaries_missing", check);

/// The plugins of `networkMode = "bridge"`, the first of which upstream looks for.
const OF_BRIDGE: [&str; 4] = ["bridge", "loopback", "host-local", "firewall"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let mode = worker.network_mode.text();
        let folder = cni::plugins(worker);
        let wanted = match mode {
            "bridge" if has_helpers(context) => continue,
            "bridge" => OF_BRIDGE.map(str::to_owned).to_vec(),
            _ => match of_config(context, worker) {
                Some(wanted) => wanted,
                None => continue,
            },
        };
        let place = match context.look(folder) {
            Ok(place) => place,
            Err(reason) => {
                sink.start_unchecked(folder.to_owned(), reason);
                continue;
            }
        };
        let is_there = |plugin: &&String| context.world.kind(&place.join(plugin)) == Ok(Kind::File);
        let Some(missing) = wanted.iter().find(|plugin| !is_there(plugin)) else { continue };
        let Some(span) = place_of(worker) else { continue };
        let title = if context.world.kind(&place).is_err() {
            format!("folder of CNI plugins `{folder}` does not exist")
        } else {
            format!("CNI plugin `{missing}` is not in `{folder}`")
        };
        sink.report(span, title)
            .key(format!("{name}.cniBinaryPath"))
            .label("looked for at start")
            .note("buildkitd sets up one network at start, fails and exits")
            .help("install the CNI plugins there, or correct `cniBinaryPath`");
    }
}

/// The plugins that the worker's CNI configuration needs, as far as it can be read.
fn of_config(context: &Context<'_>, worker: &Worker<'_>) -> Option<Vec<String>> {
    let cni = cni::of(worker)?;
    if context.look(cni.path).is_err() {
        return cni.must.then(Vec::new);
    }
    // What stands in the way there is the business of other rules.
    cni.programs(context)
}

/// Whether the plugins that come with buildkit are installed.
fn has_helpers(context: &Context<'_>) -> bool {
    let mut names = OF_BRIDGE.iter();
    names.all(|name| matches!(context.program(&format!("buildkit-cni-{name}")), Ok(Some(_))))
}

/// The folder, or what makes buildkitd look there.
fn place_of(worker: &Worker<'_>) -> Option<Span> {
    let leaves = [&worker.cni_binary_path, &worker.network_mode, &worker.cni_config_path];
    leaves.into_iter().find_map(|leaf| Some(leaf.field()?.span))
}
