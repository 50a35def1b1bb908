//! Why a key has no effect. Each unknown key is judged once, here; every rule renders one class.

use std::borrow::Cow;

use super::name::push_part;
use crate::model::{Config, Keyed};
use crate::release::{Release, Releases};
use crate::schema::{Key, Kind, Only};
use crate::source::Span;
use crate::tree::{NodeId, NodeKind, Quote, Tree};

/// A key or header that the loader passes over.
#[derive(Clone, Debug)]
pub struct Unknown<'s> {
    /// From the root: header, dotted key, inline tables.
    pub path: Vec<Cow<'s, str>>,
    /// The first part of the path that is not known.
    pub at: usize,
    /// The span of that part.
    pub part: Span,
    /// The whole dotted key or header path where it stands.
    pub span: Span,
    /// The pair or header.
    pub node: NodeId,
    /// The keys of the table in which it was looked up.
    pub table: &'static [Key],
    /// Why it has no effect.
    pub class: Class,
    /// The releases that pass over it, if not all of the target do.
    pub only: Option<Releases>,
}

/// The classes of keys without effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Class {
    /// A credential, which this file never holds.
    Credential,
    /// `[registry.docker.io]`
    UnquotedHost {
        /// The host as it was meant.
        host: String,
        /// Where its parts stand.
        span: Span,
    },
    /// `[frontend.gateway.v0]`
    UnquotedName {
        /// As it must be written, without quotes.
        name: &'static str,
        /// Where its parts stand.
        span: Span,
    },
    /// `[ghacache]`, as upstream's sample has it.
    GhaCache,
    /// A key of another program's configuration.
    Foreign(&'static Dialect),
    /// A key that only the other worker has.
    Sibling(&'static str),
    /// A key of the top level below a header.
    Swallowed(&'static str),
    /// A known key in the wrong table; the path where it belongs.
    Misplaced(String),
    /// A key of a newer release, which this is.
    Newer(Release),
    /// A key in a spelling that the release does not take.
    Case(&'static str),
    /// Close to a key of the table.
    Misspelt(&'static str),
    /// Nothing known is near.
    Unknown,
}

/// A key of another program, and what buildkitd has instead.
#[derive(PartialEq, Eq, Debug)]
pub struct Dialect {
    /// As that program calls it.
    pub key: &'static str,
    /// Whose it is.
    pub program: &'static str,
    /// The key of buildkitd that takes the same value in the same table.
    pub known: Option<&'static str>,
    /// What to write instead.
    pub help: &'static str,
}

const fn dialect(
    key: &'static str,
    program: &'static str,
    known: Option<&'static str>,
    help: &'static str,
) -> Dialect {
    Dialect { key, program, known, help }
}

const DOCKERD: &str = "dockerd's `daemon.json`";
const CONTAINERD: &str = "containerd's `config.toml`";
const HOSTS: &str = "containerd's `hosts.toml`";
const PODMAN: &str = "Podman's `registries.conf`";
const MIRRORS: &str = "write `mirrors = [\"host\"]` in `[registry.\"docker.io\"]`";
const HOST_TABLE: &str = "each registry has a table, `[registry.\"host\"]`";
const GC: &str = "write `gc` and `[[worker.oci.gcpolicy]]`";
const LOG: &str = "`[log]` has `level` and `format`";
const INSECURE: &str = "buildkitd's key is `insecure`";
const NOTHING: &str = "buildkitd has nothing like it";

/// Keys of the top level of other programs' files.
static TOP: &[Dialect] = &[
    dialect("registry-mirrors", DOCKERD, None, MIRRORS),
    dialect(
        "insecure-registries",
        DOCKERD,
        None,
        "write `http = true` or `insecure = true` in `[registry.\"host\"]`",
    ),
    dialect("log-driver", DOCKERD, None, LOG),
    dialect("log-opts", DOCKERD, None, LOG),
    dialect("data-root", DOCKERD, Some("root"), "buildkitd's key is `root`"),
    dialect("features", DOCKERD, None, NOTHING),
    dialect("builder", DOCKERD, None, GC),
    dialect("plugins", CONTAINERD, None, HOST_TABLE),
    dialect("imports", CONTAINERD, None, NOTHING),
    dialect("oom_score", CONTAINERD, None, NOTHING),
    dialect("disabled_plugins", CONTAINERD, None, NOTHING),
    dialect("required_plugins", CONTAINERD, None, NOTHING),
    dialect("host", HOSTS, None, HOST_TABLE),
    dialect("server", HOSTS, None, HOST_TABLE),
    dialect("unqualified-search-registries", PODMAN, None, NOTHING),
    dialect("mirrors", "k3s' `registries.yaml`", None, MIRRORS),
    dialect("configs", "k3s' `registries.yaml`", None, HOST_TABLE),
];

/// Keys of other programs' tables for a registry.
static REGISTRY: &[Dialect] = &[
    dialect("endpoint", CONTAINERD, Some("mirrors"), "buildkitd's key is `mirrors`"),
    dialect("insecure_skip_verify", CONTAINERD, Some("insecure"), INSECURE),
    dialect("skip_verify", HOSTS, Some("insecure"), INSECURE),
    dialect("capabilities", HOSTS, None, NOTHING),
    dialect("override_path", HOSTS, None, NOTHING),
    dialect("location", PODMAN, None, "write `mirrors = [\"host\"]`"),
    dialect("prefix", PODMAN, None, "the table is named by the host alone"),
    dialect("blocked", PODMAN, None, NOTHING),
];

/// `[registry.mirrors."host"]` and `[registry.configs."host"]`.
static NESTED: &[Dialect] = &[
    dialect("mirrors", CONTAINERD, None, "write `mirrors = [\"host\"]` in `[registry.\"host\"]`"),
    dialect("configs", CONTAINERD, None, HOST_TABLE),
];

fn named(dialects: &'static [Dialect], name: &str) -> Option<&'static Dialect> {
    dialects.iter().find(|dialect| dialect.key == name)
}

fn foreign(unknown: &Unknown<'_>, lower: &str) -> Option<&'static Dialect> {
    match (unknown.path.first().map(AsRef::as_ref), unknown.at) {
        (_, 0) => named(TOP, lower),
        (Some("registry"), 2) => named(REGISTRY, lower),
        _ => None,
    }
}

const CREDENTIALS: &[&str] = &[
    "username",
    "password",
    "passwd",
    "auth",
    "credential",
    "credentials",
    "token",
    "access_token",
    "identitytoken",
    "registrytoken",
    "secret",
];

/// Which letters the names of each length begin with: most other names begin otherwise.
const CREDENTIAL_LETTERS: [u32; 16] = {
    let (mut letters, mut at) = ([0; 16], 0);
    while at < CREDENTIALS.len() {
        let name = CREDENTIALS[at].as_bytes();
        letters[name.len()] |= letter(name[0]);
        at += 1;
    }
    letters
};

/// A bit for a letter, whatever its case.
const fn letter(byte: u8) -> u32 {
    1 << (byte % 32)
}

/// Whether a key of that name holds a credential in some program's file.
#[must_use]
pub fn is_credential(name: &str) -> bool {
    let [first, ..] = name.as_bytes() else { return false };
    let known = CREDENTIAL_LETTERS.get(name.len()).is_some_and(|known| known & letter(*first) > 0);
    known && CREDENTIALS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Judges one for a release.
#[must_use]
pub fn classify(unknown: &Unknown<'_>, tree: &Tree, release: Release) -> Class {
    let Some(name) = unknown.path.get(unknown.at).map(AsRef::as_ref) else {
        return Class::Unknown;
    };
    let lower = name.to_ascii_lowercase();
    let first = unknown.path.first().map_or("", AsRef::as_ref);
    if unknown.path.iter().skip(unknown.at).any(|part| is_credential(part)) {
        return Class::Credential;
    }
    if unknown.at == 0 && lower == "ghacache" {
        return Class::GhaCache;
    }
    if first == "registry"
        && unknown.at == 2
        && (name.contains('.') || unknown.path.len() > 3)
        && let Some(dialect) = named(NESTED, unknown.path.get(1).map_or("", AsRef::as_ref))
    {
        return Class::Foreign(dialect);
    }
    if first == "registry"
        && unknown.at >= 2
        && let Some(class) = unquoted_host(unknown, tree)
    {
        return class;
    }
    if first == "frontend"
        && unknown.at == 1
        && let Some(class) = unquoted_name(unknown, tree, &lower)
    {
        return class;
    }
    if let Some(dialect) = foreign(unknown, &lower) {
        return Class::Foreign(dialect);
    }
    let worker = match unknown.path.get(1).map(AsRef::as_ref) {
        Some("oci") => Only::Oci,
        Some("containerd") => Only::Containerd,
        _ => Only::Any,
    };
    let here = |key: &&Key| key.only == Only::Any || key.only == worker;
    let named = unknown.table.iter().filter(here).find(|key| key.name.eq_ignore_ascii_case(name));
    if let Some(key) = named {
        let since = key.first_release(worker);
        return if since > release { Class::Newer(since) } else { Class::Case(key.name) };
    }
    // What is not known yet is no advice.
    let here = |key: &&Key| here(key) && key.first_release(worker) <= release;
    if let Some(key) = unknown.table.iter().filter(here).find(|key| same(key.name, name)) {
        return Class::Misspelt(key.name);
    }
    if let Some(key) = unknown.table.iter().find(|key| key.name.eq_ignore_ascii_case(name)) {
        return Class::Sibling(if key.only == Only::Oci { "oci" } else { "containerd" });
    }
    let is_pair =
        tree.nodes.get(unknown.node).is_some_and(|node| matches!(node.kind, NodeKind::Pair { .. }));
    if let Some(key) = Config::KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name))
        && is_pair
        && key.since <= release
        && !matches!(key.kind, Kind::Table(_) | Kind::Map(_))
    {
        return Class::Swallowed(key.name);
    }
    if let Some(path) = elsewhere(name, release) {
        return Class::Misplaced(path);
    }
    if name.len() <= 2 {
        return Class::Unknown;
    }
    let most = 1 + name.len() / 6;
    let near = unknown.table.iter().filter(here).filter_map(|key| {
        let steps = distance(key.name, name, most)?;
        Some((steps, key.name))
    });
    near.min().map_or(Class::Unknown, |(_, key)| Class::Misspelt(key))
}

/// Without case, hyphens and underscores.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase())
}

fn same(known: &str, name: &str) -> bool {
    letters(known).eq(letters(name))
}

/// How many sorts of letters stand in `here` and not in `there`, at least.
fn others(here: &str, there: &str) -> usize {
    let sorts = |name| letters(name).fold(0_u64, |sorts, c| sorts | 1 << (u32::from(c) % 64));
    (sorts(here) & !sorts(there)).count_ones() as usize
}

/// How many letters differ, if at most that many do.
fn distance(known: &str, name: &str, most: usize) -> Option<usize> {
    let plain = |text: &str| letters(text).collect::<String>();
    match (known, name) {
        // Near by its letters, the contrary by its sense.
        ("http", "https") => None,
        // Far by its letters, and the same by its sense.
        ("cert", "certificate")
        | ("command", "cmd")
        | ("reservedSpace", "gcreservedspace" | "gcReservedSpace")
        | ("registry", "registries")
        | ("http", "plain-http" | "plain_http")
        | ("searchDomains", "searches")
        | ("max-parallelism", "max-parallel-jobs")
        | ("gcpolicy", "gcconfig")
        | ("gckeepstorage", "gckeepbytes") => Some(1),
        // No key is nearly as long, and the comparison takes memory for each letter.
        _ if name.len() > 64 => None,
        // What is longer by more letters differs by more, and so does what has other letters.
        _ if letters(known).count().abs_diff(letters(name).count()) > most => None,
        _ if others(known, name).max(others(name, known)) > most => None,
        _ => {
            let steps = strsim::damerau_levenshtein(&plain(known), &plain(name));
            (steps <= most).then_some(steps)
        }
    }
}

/// Parts of a path that stand without quotes, joined to what was meant.
fn unquoted_host(unknown: &Unknown<'_>, tree: &Tree) -> Option<Class> {
    let node = tree.nodes.get(unknown.node)?;
    let (NodeKind::Header { keys, .. } | NodeKind::Pair { keys }) = &node.kind else { return None };
    let parts = tree.path(keys);
    let end = parts.iter().position(|part| part.span == unknown.part)?;
    // The parts of this header or key that belong to the host: from `registry` on.
    let skip = unknown.at.checked_sub(end)?;
    let start = 1usize.checked_sub(skip)?;
    let known = |name: &str| unknown.table.iter().any(|key| key.name.eq_ignore_ascii_case(name));
    let mut last = parts.len();
    while last > end + 1 && unknown.path.get(skip + last - 1).is_some_and(|part| known(part)) {
        last -= 1;
    }
    let host = parts.get(start..last)?;
    let name = unknown.path.get(unknown.at)?;
    let near = unknown.table.iter().any(|key| distance(key.name, name, 1).is_some());
    if host.len() < 2 || host.iter().any(|part| part.quote != Quote::None) || near {
        return None;
    }
    let span = host.first()?.span.to(host.last()?.span);
    let names: Vec<&str> = unknown.path.get(1..skip + last)?.iter().map(AsRef::as_ref).collect();
    Some(Class::UnquotedHost { host: names.join("."), span })
}

fn unquoted_name(unknown: &Unknown<'_>, tree: &Tree, lower: &str) -> Option<Class> {
    let name = match lower {
        "dockerfile" => "dockerfile.v0",
        "gateway" => "gateway.v0",
        _ => return None,
    };
    let node = tree.nodes.get(unknown.node)?;
    let (NodeKind::Header { keys, .. } | NodeKind::Pair { keys }) = &node.kind else { return None };
    let parts = tree.path(keys);
    let at = parts.iter().position(|part| part.span == unknown.part)?;
    let version = unknown.path.get(unknown.at + 1).is_some_and(|part| part == "v0");
    let last = if version { parts.get(at + 1)?.span } else { unknown.part };
    Some(Class::UnquotedName { name, span: unknown.part.to(last) })
}

/// The path of the only other table that has a key of that name.
fn elsewhere(name: &str, release: Release) -> Option<String> {
    let mut search = Search { name, release, above: Vec::new(), found: Vec::new() };
    search.look(Config::KEYS);
    match search.found.as_slice() {
        [path] => Some(path.clone()),
        [oci, containerd] if oci.replace("oci", "containerd") == *containerd => Some(oci.clone()),
        _ => None,
    }
}

/// A search through all tables. A file may have a million unknown keys, so nothing is written down
/// but what is found.
struct Search<'n> {
    name: &'n str,
    release: Release,
    /// The tables from the root on.
    above: Vec<&'static Key>,
    found: Vec<String>,
}

impl Search<'_> {
    fn look(&mut self, keys: &'static [Key]) {
        let below = |worker: &str| self.above.iter().any(|key| key.name == worker);
        let (oci, containerd) = (below("oci"), below("containerd"));
        for key in keys {
            let hidden = match key.only {
                Only::Oci => containerd,
                Only::Containerd => oci,
                Only::Any => false,
            };
            if hidden || key.since > self.release {
                continue;
            }
            // Tables of that name elsewhere say little: their content differs.
            let counts = !matches!(key.kind, Kind::Table(_)) || key.name == "oci";
            if counts && same(key.name, self.name) {
                self.found.push(self.path(key));
            }
            self.above.push(key);
            self.look(key.kind.keys());
            self.above.pop();
        }
    }

    /// The path of a key, from the root on.
    fn path(&self, key: &Key) -> String {
        let mut path = String::new();
        for table in &self.above {
            push_part(&mut path, table.name);
            if matches!(table.kind, Kind::Map(_)) {
                path.push_str(".\"host\"");
            }
        }
        push_part(&mut path, key.name);
        path
    }
}
