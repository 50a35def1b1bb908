//! What the rules about paths share: the keys that hold paths.

use std::borrow::Cow;

use crate::model::{Config, Element, Leaf};
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
    let mut add = |key: String, span: Span, text: &'a str, copied: bool| {
        // `collector:4317` is an address, and no path at all.
        let port = |(_, port): (&str, &str)| port.parse::<u16>().is_ok();
        if !text.is_empty() && !text.contains("://") && !text.rsplit_once(':').is_some_and(port) {
            all.push(Written { key, span, text, copied });
        }
    };
    let mut leaf = |key: String, leaf: &'a Leaf<Cow<'a, str>>, copied: bool| {
        if let Some(field) = leaf.field() {
            add(key, field.span, &field.value, copied);
        }
    };
    leaf("root".into(), &config.root, false);
    leaf("provenanceEnvDir".into(), &config.provenance_env_dir, false);
    let tls = &config.grpc.tls;
    // None is read before both halves of the pair are named.
    if !tls.cert.text().is_empty() && !tls.key.text().is_empty() {
        for (name, file) in [("cert", &tls.cert), ("key", &tls.key), ("ca", &tls.ca)] {
            leaf(format!("grpc.tls.{name}"), file, false);
        }
    }
    for (name, worker) in context.live_workers() {
        leaf(format!("{name}.cniConfigPath"), &worker.cni_config_path, false);
        leaf(format!("{name}.cniBinaryPath"), &worker.cni_binary_path, false);
        leaf(format!("{name}.proxySnapshotterPath"), &worker.proxy_snapshotter_path, false);
        leaf(format!("{name}.address"), &worker.address, false);
    }
    for entry in config.registry.iter() {
        for pair in entry.keypair.iter() {
            leaf("keypair.key".into(), &pair.body.key, true);
            leaf("keypair.cert".into(), &pair.body.cert, true);
        }
    }
    let mut list = |key: &str, items: &'a [Element<'a>], copied: bool| {
        for item in items {
            add(key.to_owned(), item.span, &item.value, copied);
        }
    };
    list("cdi.specDirs", config.cdi.spec_dirs.items(), false);
    for entry in config.registry.iter() {
        list("ca", entry.ca.items(), true);
        list("tlsconfigdir", entry.tlsconfigdir.items(), false);
    }
    for listener in listeners(config) {
        if let Address::Unix(path) = listener.address {
            add(listener.key.to_owned(), listener.span, path, false);
        }
    }
    all.sort_by_key(|path| path.span);
    all
}

/// Whether buildx may be the one who reads what it copies.
pub(super) fn is_by_buildx(context: &Context<'_>) -> bool {
    !matches!(context.settings.deploy, Some(Deploy::Daemon | Deploy::Rootless))
}
