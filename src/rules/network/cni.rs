//! What the rules of this group share: which CNI configuration a worker takes, and what it needs.

use serde_json::Value;

use crate::model::Worker;
use crate::rules::Context;
use crate::source::Span;

/// The CNI configuration of a worker.
pub(crate) struct Cni<'a> {
    /// Where the file names it, or else the mode that needs it.
    pub span: Span,
    /// Its path for buildkitd.
    pub path: &'a str,
    /// Without it buildkitd does not start; otherwise steps get the host's network.
    pub must: bool,
}

/// Which CNI configuration the worker would take, if the file asks for one.
pub(crate) fn of<'a>(worker: &'a Worker<'_>) -> Option<Cni<'a>> {
    let path = worker.cni_config_path.field().filter(|path| !path.value.is_empty());
    let must = match worker.network_mode.text() {
        "cni" => true,
        // Without root, `auto` is the host's network anyway.
        "auto" | "" if !worker.rootless.is_true() => false,
        _ => return None,
    };
    match path {
        Some(path) => Some(Cni { span: path.span, path: &path.value, must }),
        None if must => {
            let span = worker.network_mode.field()?.span;
            Some(Cni { span, path: "/etc/buildkit/cni.json", must })
        }
        None => None,
    }
}

/// The folder with the plugins.
pub(crate) fn plugins<'a>(worker: &'a Worker<'_>) -> &'a str {
    match worker.cni_binary_path.text() {
        "" => "/opt/cni/bin",
        path => path,
    }
}

impl Cni<'_> {
    /// The programs that it needs, if it can be read and used.
    pub(crate) fn programs(&self, context: &Context<'_>) -> Option<Vec<String>> {
        const LIMIT: u64 = 1 << 20;
        let bytes = context.world.read(&context.look(self.path).ok()?, LIMIT).ok()?;
        let config: Value =
            serde_json::from_slice(String::from_utf8_lossy(&bytes).as_bytes()).ok()?;
        // Upstream goes by the end of the name alone.
        let mut programs = if self.path.ends_with(".conflist") {
            let list = config.get("plugins")?.as_array()?;
            list.iter().map(named).collect::<Option<Vec<_>>>()?.concat()
        } else {
            named(&config)?
        };
        programs.push("loopback".to_owned());
        Some(programs)
    }
}

/// The programs that one plugin's configuration names.
fn named(plugin: &Value) -> Option<Vec<String>> {
    let kind = plugin.get("type")?.as_str().filter(|kind| !kind.is_empty())?;
    let addresses = plugin.get("ipam").and_then(|ipam| ipam.get("type")).and_then(Value::as_str);
    Some(std::iter::once(kind).chain(addresses).map(str::to_owned).collect())
}
