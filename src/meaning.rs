//! Lines that load in all releases of BuildKit and mean something else in each: a dated list.

use std::net::IpAddr;

use crate::effective::Mirror;
use crate::hosts::is_address;
use crate::model::{Config, Element, Leaf, Table, Worker};
use crate::release::{OLDEST, Release};
use crate::report::Impact;
use crate::source::Span;

/// What a line means from one release to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// The key or value.
    pub span: Span,
    /// The dotted path.
    pub key: String,
    /// The first release it holds for.
    pub from: Release,
    /// The first release it holds for no more.
    pub until: Release,
    /// What buildkitd makes of the line.
    pub text: String,
    /// How it bites, if it cannot be meant so.
    pub harm: Option<Impact>,
}

/// No release is as new.
const NEVER: Release = Release::line(u16::MAX);

/// What lines mean from release to release, in no order; lines whose meaning never changed are
/// left out.
#[must_use]
pub fn meanings(config: &Config<'_>) -> Vec<Meaning> {
    let mut all = Meanings(Vec::new());
    all.switches(config);
    all.entitlements(config);
    all.dns(config);
    let workers = &config.worker;
    all.worker("worker.oci", &workers.oci);
    all.worker("worker.containerd", &workers.containerd);
    all.snapshotter(&workers.oci);
    all.registries(config);
    all.0
}

/// The releases at which the meaning of lines changes.
pub const CHANGES: &[Release] = &[
    Release::new(7, 0),
    Release::new(8, 0),
    Release::new(12, 0),
    Release::new(12, 3),
    Release::new(13, 0),
    Release::new(17, 0),
    Release::new(20, 0),
    Release::new(24, 0),
    Release::new(30, 0),
];

/// A meaning that begins with a release, the text, and how it bites.
type Phase = (Release, String, Option<Impact>);

struct Meanings(Vec<Meaning>);

impl Meanings {
    fn add(&mut self, span: Span, key: &str, phases: &[Phase]) {
        let ends = phases.iter().skip(1).map(|phase| phase.0).chain([NEVER]);
        self.0.extend(phases.iter().zip(ends).map(|((from, text, harm), until)| Meaning {
            span,
            key: key.to_owned(),
            from: *from,
            until,
            text: text.clone(),
            harm: *harm,
        }));
    }

    /// `applyMainFlags` and `main` of `cmd/buildkitd`.
    fn switches(&mut self, config: &Config<'_>) {
        for (name, leaf) in [("debug", &config.debug), ("trace", &config.trace)] {
            if let Some(field) = leaf.field().filter(|field| field.value) {
                self.add(
                    field.key.to(field.span),
                    name,
                    &[
                        (OLDEST, format!("logs at level {name}"), None),
                        (
                            Release::new(30, 0),
                            "is deprecated for `log.level`, which wins".into(),
                            None,
                        ),
                    ],
                );
            }
        }
    }

    /// `supportedEntitlements` of `solver/llbsolver`, `newController` of `cmd/buildkitd`.
    fn entitlements(&mut self, config: &Config<'_>) {
        let list = &config.insecure_entitlements;
        let key = "insecure-entitlements";
        let device = list.items().iter().find(|item| item.value == "device");
        if let Some(item) = device {
            self.add(
                item.span,
                key,
                &[
                    (OLDEST, "`device` is dropped".into(), Some(Impact::Ignored)),
                    (Release::new(20, 0), "`device` is granted".into(), None),
                ],
            );
        } else if let Some(field) = list.field()
            && !config.cdi.disabled.is_true()
        {
            self.add(
                field.key,
                key,
                &[
                    (OLDEST, "grants what is listed".into(), None),
                    (Release::new(20, 0), "grants `device` as well".into(), None),
                ],
            );
        }
    }

    /// `GetResolvConf` of `executor/oci`.
    fn dns(&mut self, config: &Config<'_>) {
        let checked = Release::new(24, 0);
        for server in config.dns.nameservers.items() {
            let name = &server.value;
            if !is_address(name) {
                self.add(
                    server.span,
                    "dns.nameservers",
                    &[
                        (OLDEST, format!("`{name}` is given to steps as it is"), None),
                        (checked, format!("`{name}` makes every RUN step fail"), None),
                    ],
                );
            } else if name.parse().is_ok_and(|address: IpAddr| address.is_loopback()) {
                self.add(
                    server.span,
                    "dns.nameservers",
                    &[
                        (
                            OLDEST,
                            format!("`{name}` is left out; with no other, 8.8.8.8 serves"),
                            None,
                        ),
                        (checked, format!("`{name}` is given to steps"), None),
                    ],
                );
            }
        }
    }

    /// `Providers` of `util/network/netproviders`, and what v0.17 made of the limits.
    fn worker(&mut self, name: &str, worker: &Table<Worker<'_>>) {
        if let Some(mode) = worker.network_mode.field().filter(|mode| mode.value == "bridge") {
            let ends = "`bridge` ends the start: it is no network mode yet";
            self.add(
                mode.span,
                &format!("{name}.networkMode"),
                &[
                    (OLDEST, ends.into(), Some(Impact::Start)),
                    (Release::new(13, 0), "`bridge` is a network mode".into(), None),
                ],
            );
        }
        let rules = worker.gcpolicy.iter().map(|rule| ("keepBytes", &rule.keep_bytes));
        for (key, leaf) in rules.chain([("gckeepstorage", &worker.gckeepstorage)]) {
            let Some(field) = leaf.field() else { continue };
            self.add(
                field.key.to(field.span),
                &format!("{name}.{key}"),
                &[
                    (OLDEST, format!("`{key}` is the limit of the cache"), None),
                    (
                        Release::new(17, 0),
                        format!("`{key}` is deprecated, for `reservedSpace`"),
                        None,
                    ),
                ],
            );
        }
    }

    /// `snapshotterFactory` of `cmd/buildkitd/main_oci_worker.go`.
    fn snapshotter(&mut self, worker: &Table<Worker<'_>>) {
        let Some(name) = worker.snapshotter.field() else { return };
        let since = match name.value.as_ref() {
            "fuse-overlayfs" => Release::new(7, 0),
            "stargz" => Release::new(8, 0),
            _ => return,
        };
        if !matches!(worker.proxy_snapshotter_path, Leaf::Absent) {
            return;
        }
        let name_of = &name.value;
        self.add(
            name.span,
            "worker.oci.snapshotter",
            &[
                (
                    OLDEST,
                    format!("`{name_of}` ends the start: it is no snapshotter yet"),
                    Some(Impact::Start),
                ),
                (since, format!("`{name_of}` is a snapshotter"), None),
            ],
        );
    }

    /// `fillInsecureOpts` and `NewRegistryConfig` of `util/resolver`.
    fn registries(&mut self, config: &Config<'_>) {
        for entry in config.registry.iter() {
            let key = format!("registry.\"{}\"", entry.name);
            if entry.http.is_true() && entry.insecure.is_true() {
                self.add(
                    entry.key,
                    &key,
                    &[
                        (OLDEST, "is asked over HTTP alone".into(), None),
                        (Release::new(8, 0), "is asked over HTTP first, then HTTPS".into(), None),
                        (Release::new(12, 3), "is asked over HTTPS first, then HTTP".into(), None),
                    ],
                );
            }
            let key = format!("{key}.mirrors");
            if let Some(mirrors) = entry.mirrors.field().filter(|list| !list.value.is_empty()) {
                let random = "one mirror is asked, at random, and nobody else";
                self.add(
                    mirrors.key,
                    &key,
                    &[
                        (OLDEST, random.into(), None),
                        (
                            Release::new(7, 0),
                            "mirrors are asked in turn, then the host".into(),
                            None,
                        ),
                    ],
                );
            }
            for mirror in entry.mirrors.items() {
                self.mirror(config, mirror, &key);
            }
        }
    }

    fn mirror(&mut self, config: &Config<'_>, mirror: &Element<'_>, key: &str) {
        let paths = Release::new(12, 0);
        let read = Mirror::read(&mirror.value);
        let host = &read.host;
        if mirror.value.contains("://") {
            self.add(
                mirror.span,
                key,
                &[
                    (
                        OLDEST,
                        format!("mirror `{host}` fails, its scheme is taken for a host"),
                        None,
                    ),
                    (paths, format!("mirror `{host}` loses its scheme"), None),
                ],
            );
            return;
        }
        let Some(path) = read.path.strip_prefix("/v2/") else { return };
        let after = format!("mirror at https://{host}/v2/{path}");
        let mut phases = vec![
            (OLDEST, format!("mirror at https://{host}/{path}/v2"), Some(Impact::Ignored)),
            (paths, after.clone(), None),
        ];
        if config.registry.named(host).is_some() {
            phases[1].1 = format!("{after}, without the settings of its table");
            phases.push((Release::new(12, 3), after, None));
        }
        self.add(mirror.span, key, &phases);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::release::Releases;
    use crate::source::Source;
    use crate::tree::Tree;

    #[test]
    fn meanings_are_dated_within_the_changes() {
        let text = "debug = true\ninsecure-entitlements = [\"device\"]\n\
            [dns]\nnameservers = [\"127.0.0.1\", \"x\"]\n\
            [worker.oci]\nsnapshotter = \"stargz\"\nnetworkMode = \"bridge\"\ngckeepstorage = 1\n\
            [registry.x]\nhttp = true\ninsecure = true\nmirrors = [\"m/hub\", \"https://n\"]\n\
            [registry.m]\n";
        let source = Source::new("x", text.into());
        let tree = Tree::parse(&source);
        let all = meanings(&decode(&source, &tree, Releases::default()).config);
        assert!(all.len() > 20, "{all:#?}");
        for meaning in all {
            let known =
                |release| CHANGES.contains(&release) || release == OLDEST || release == NEVER;
            assert!(meaning.from < meaning.until, "{meaning:?}");
            assert!(known(meaning.from) && known(meaning.until), "{meaning:?}");
        }
    }
}
