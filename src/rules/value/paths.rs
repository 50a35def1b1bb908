//! What the rules about paths share: the keys that hold paths.

use std::borrow::Cow;

use crate::decode::dotted;
use crate::model::{Config, Element, Leaf};
use crate::order::Order;
use crate::rules::Context;
use crate::rules::grpc::address::{Address, listeners};
use crate::settings::Deploy;
use crate::source::Span;

/// A path that the file names.
pub(super) struct Written<'a> {
    /// The key as the user would write it.
    pub key: String,
    /// The value, with its quotes.
    pub span: Span,
    /// The path.
    pub text: &'a str,
    /// buildx reads it where a builder is created, and copies it.
    pub copied: bool,
}

impl Written<'_> {
    /// Whether it begins at the root of a file system, of Linux or Windows.
    pub fn is_absolute(&self) -> bool {
        let drive = self.text.as_bytes().get(1) == Some(&b':');
        self.text.starts_with(['/', '\\', '@']) || drive
    }

    /// Whether a shell would put something else in its place: `~`, `$HOME`, `%AppData%`.
    pub fn is_for_shells(&self) -> bool {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let text = self.text;
        let dollar = text.split('$').skip(1).any(|rest| rest.starts_with(name));
        let mut percents = text.split('%').skip(1);
        let percent = text.matches('%').count() > 1
            && percents.any(|part| part.len() > 1 && part.chars().all(|c| name(c) || c == '('));
        text == "~" || text.starts_with("~/") || dollar || percent
    }
}

/// All of them. Other addresses than paths are left out.
pub(super) fn paths<'a>(context: &Context<'a>) -> Vec<Written<'a>> {
    let config: &'a Config<'a> = &context.decoded.config;
    let mut all = Vec::new();
    let mut add = |key: &[&str], span: Span, text: &'a str, copied: bool| {
        // `collector:4317` is an address, and no path at all.
        let port = |(_, port): (&str, &str)| port.parse::<u16>().is_ok();
        if !text.is_empty() && !text.contains("://") && !text.rsplit_once(':').is_some_and(port) {
            all.push(Written { key: dotted(key), span, text, copied });
        }
    };
    let mut leaf = |key: &[&str], leaf: &'a Leaf<Cow<'a, str>>, copied: bool| {
        if let Some(field) = leaf.field() {
            add(key, field.span, &field.value, copied);
        }
    };
    leaf(&["root"], &config.root, false);
    leaf(&["provenanceEnvDir"], &config.provenance_env_dir, false);
    let tls = &config.grpc.tls;
    // None is read before both halves of the pair are named.
    if !tls.cert.text().is_empty() && !tls.key.text().is_empty() {
        leaf(&["grpc", "tls", "cert"], &tls.cert, false);
        leaf(&["grpc", "tls", "key"], &tls.key, false);
        leaf(&["grpc", "tls", "ca"], &tls.ca, false);
    }
    let workers = &config.worker;
    for (name, worker) in [("oci", &workers.oci), ("containerd", &workers.containerd)] {
        if worker.enabled.get() != Some(&false) {
            leaf(&["worker", name, "cniConfigPath"], &worker.cni_config_path, false);
            leaf(&["worker", name, "cniBinaryPath"], &worker.cni_binary_path, false);
            leaf(&["worker", name, "proxySnapshotterPath"], &worker.proxy_snapshotter_path, false);
            leaf(&["worker", name, "address"], &worker.address, false);
        }
    }
    for entry in config.registry.iter() {
        for pair in entry.keypair.iter() {
            leaf(&["registry", &entry.name, "keypair", "key"], &pair.body.key, true);
            leaf(&["registry", &entry.name, "keypair", "cert"], &pair.body.cert, true);
        }
    }
    let mut list = |key: &[&str], items: &'a [Element<'a>], copied: bool| {
        for item in items {
            add(key, item.span, &item.value, copied);
        }
    };
    list(&["cdi", "specDirs"], config.cdi.spec_dirs.items(), false);
    for entry in config.registry.iter() {
        list(&["registry", &entry.name, "ca"], entry.ca.items(), true);
        list(&["registry", &entry.name, "tlsconfigdir"], entry.tlsconfigdir.items(), false);
    }
    for listener in listeners(config) {
        if let Address::Unix(path) = listener.address {
            let key: Vec<&str> = listener.key.split('.').collect();
            add(&key, listener.span, path, false);
        }
    }
    all.order_by_key(|path| path.span);
    all
}

/// Whether buildx may be the one who reads what it copies.
pub(super) fn is_by_buildx(context: &Context<'_>) -> bool {
    !matches!(context.settings.deploy, Some(Deploy::Daemon | Deploy::Rootless))
}
