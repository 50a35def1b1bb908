//! What buildx makes of a file when it creates a builder: `confutil.LoadConfigFiles` of
//! docker/buildx (`util/confutil/container.go`, v0.36).
//!
//! It reads the file twice, as the daemon does and as a plain map of at most 1 MiB, copies the
//! certificates of registries below `/etc/buildkit` and writes their new paths into the map. The
//! rest of the machine is left behind.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::decode::scalar::{self, Scalar};
use crate::decode::{Decoded, decode};
use crate::model::{Entry, Registry};
use crate::order::Order;
use crate::release::Releases;
use crate::report::{Locality, Verdict};
use crate::settings::Settings;
use crate::source::{Source, Span};
use crate::tree::{Key, Node, NodeId, NodeKind, Tree, unquote};
use crate::world::{Failure, Kind, World};

/// Where the copies lie in the container.
pub const HOME: &str = "/etc/buildkit";
/// How many bytes of a file buildx reads.
pub const LIMIT: u32 = 1 << 20;
/// The name of the rewritten configuration among the copies.
pub const CONFIG: &str = "buildkitd.toml";

/// What a copied file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// `ca`
    Ca,
    /// `keypair.key`
    Key,
    /// `keypair.cert`
    Cert,
}

/// What became of looking at a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// It can be read.
    Fine,
    /// It can be read, and is longer than buildx reads.
    Cut,
    /// It cannot be read.
    Failed(Failure),
    /// It was not looked at; why.
    Not(&'static str),
}

/// A file that buildx copies.
#[derive(Clone, Debug)]
pub struct Copied<'a> {
    /// Where the configuration names it.
    pub span: Span,
    /// As it is written.
    pub path: &'a str,
    /// What for.
    pub role: Role,
    /// The registry it belongs to.
    pub registry: &'a Entry<'a, Registry<'a>>,
    /// Its name below [`HOME`].
    pub name: String,
    /// Where it lies on this machine; none if that cannot be told.
    pub place: Option<PathBuf>,
    /// Whether it can be read.
    pub look: Look,
}

/// Why buildx refuses the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The newest loader does.
    Load,
    /// A value that the loader passes over, and that cannot be read.
    Value(Span, Scalar),
    /// The registry is not found in the map; its table is called otherwise than `registry`.
    LetterCase(Span),
    /// The registry lies behind the first MiB.
    Behind(Span),
    /// What remains of the file after the first MiB does not hang together.
    CutInside,
}

/// What becomes of a configuration.
#[derive(Debug)]
pub struct Copies<'a> {
    /// The certificates and keys, in the order of the text.
    pub files: Vec<Copied<'a>>,
    source: &'a Source,
    tree: &'a Tree,
    decoded: &'a Decoded<'a>,
    /// Whose verdict `decoded` is.
    target: Releases,
    /// See [`Copies::refusals`].
    refusals: OnceCell<Vec<Refusal>>,
}

impl<'a> Copies<'a> {
    /// Follows buildx through a file.
    pub fn new(
        source: &'a Source,
        tree: &'a Tree,
        decoded: &'a Decoded<'a>,
        client: &Client<'_>,
    ) -> Self {
        let mut files = Vec::new();
        for registry in decoded.config.registry.iter() {
            let mut add = |span: Span, path: &'a str, role| {
                let name = copied_name(&registry.name, path);
                let (place, look) = client.look(path, source.name());
                files.push(Copied { span, path, role, registry, name, place, look });
            };
            for item in registry.ca.items() {
                add(item.span.inner(), &item.value, Role::Ca);
            }
            for pair in registry.keypair.iter() {
                for (leaf, role) in [(&pair.body.key, Role::Key), (&pair.body.cert, Role::Cert)] {
                    let field = leaf.field().filter(|field| !field.value.is_empty());
                    if let Some(field) = field {
                        add(field.span.inner(), &field.value, role);
                    }
                }
            }
        }
        let target = client.settings.buildkit;
        Self { files, source, tree, decoded, target, refusals: OnceCell::new() }
    }

    /// Why buildx does not take it; reading `files` may fail besides.
    pub fn refusals(&self) -> &[Refusal] {
        self.refusals.get_or_init(|| self.refuse())
    }

    fn refuse(&self) -> Vec<Refusal> {
        let (source, tree) = (self.source, self.tree);
        // The loader is a part of buildx, whatever release the builder then runs.
        let newest = Releases::default();
        let loads = if self.target == newest {
            self.decoded.loads(newest)
        } else {
            decode(source, tree, newest).loads(newest)
        };
        if loads == Some(false) {
            return vec![Refusal::Load];
        }
        let registries = &self.decoded.config.registry;
        let mut refusals = Vec::new();
        let cut = cut(source);
        let (source, tree) = cut.as_ref().map_or((source, tree), |(cut, tree)| (cut, tree));
        if cut.is_some() && !decode(source, tree, newest).faults.is_empty() {
            refusals.push(Refusal::CutInside);
        } else {
            let values = unreadable(source, tree);
            refusals.extend(values.map(|(span, scalar)| Refusal::Value(span, scalar)));
            let known = if registries.is_empty() { Vec::new() } else { hosts(source, tree) };
            for registry in registries.iter() {
                let behind = cut.is_some() && registry.key.start >= LIMIT;
                if behind {
                    refusals.push(Refusal::Behind(registry.key));
                } else if known.binary_search_by(|host| (**host).cmp(&registry.name)).is_err() {
                    refusals.push(Refusal::LetterCase(registry.key));
                }
            }
        }
        refusals
    }

    /// Whether `docker buildx create` takes the file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let failed = |file: &&Copied<'_>| matches!(file.look, Look::Failed(_));
        if !self.refusals().is_empty() || self.files.iter().any(|file| failed(&file)) {
            return Verdict::No;
        }
        let unknown = self.files.iter().find_map(|file| match file.look {
            Look::Not(reason) => Some(format!("certificates were not looked at: {reason}")),
            _ => None,
        });
        unknown.map_or(Verdict::Yes, |reason| Verdict::Unknown(reason.into()))
    }
}

/// The machine that `docker buildx create` runs on.
pub struct Client<'a> {
    /// What is there.
    pub world: &'a dyn World,
    /// Whether it is this one.
    pub locality: Locality,
    /// What the user says.
    pub settings: &'a Settings,
}

impl Client<'_> {
    /// Where a path of the file lies, and whether buildx could read it.
    fn look(&self, written: &str, config: &str) -> (Option<PathBuf>, Look) {
        if self.settings.driver().is_none() {
            return (None, Look::Not("buildx has no part in it"));
        }
        if Path::new(written).file_name().is_none() {
            // Empty, `/`, `.` and `..` are no file anywhere.
            return (None, Look::Failed(Failure::NotAFile(Kind::Folder)));
        }
        let Some(place) = self.settings.resolve(written, config, self.locality, self.world) else {
            return (None, Look::Not(self.settings.unseen(written, self.locality)));
        };
        let look = match self.world.read(&place, u64::from(LIMIT)) {
            // The last part of such a path has to be a folder.
            Ok(_) | Err(Failure::TooLarge(_)) if written.ends_with('/') => {
                Look::Failed(Failure::Missing)
            }
            Ok(_) => Look::Fine,
            Err(Failure::TooLarge(_)) => Look::Cut,
            Err(failure @ (Failure::Missing | Failure::Loop | Failure::NotAFile(Kind::Folder))) => {
                Look::Failed(failure)
            }
            Err(Failure::Denied) => Look::Not("permission denied"),
            Err(_) => Look::Not("cannot be read"),
        };
        (Some(place), look)
    }
}

/// The name of a copy below [`HOME`]: `path.Join("certs", host, filepath.Base(path))`, with `_`
/// in place of every run of characters that a folder had better not have.
#[must_use]
pub fn copied_name(host: &str, path: &str) -> String {
    let folder = folder(host);
    let base = Path::new(path).file_name().map_or("", |name| name.to_str().unwrap_or_default());
    match folder.as_str() {
        ".." => base.to_owned(),
        "" | "." => format!("certs/{base}"),
        folder => format!("certs/{folder}/{base}"),
    }
}

/// The folder of a registry's certificates.
#[must_use]
pub fn folder(host: &str) -> String {
    let mut folder = String::with_capacity(host.len());
    for c in host.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
            folder.push(c);
        } else if !folder.ends_with('_') {
            folder.push('_');
        }
    }
    folder
}

/// The first MiB of a longer file.
fn cut(source: &Source) -> Option<(Source, Tree)> {
    let bytes = source.text().as_bytes();
    let bytes = bytes.get(..LIMIT as usize).filter(|cut| cut.len() < bytes.len())?;
    let cut = Source::new(source.name(), bytes.to_vec());
    let tree = Tree::parse(&cut);
    Some((cut, tree))
}

/// Values that a map refuses. The daemon reads those of keys it knows, and sizes as text.
pub fn unreadable(source: &Source, tree: &Tree) -> impl Iterator<Item = (Span, Scalar)> {
    let bare = tree.nodes.iter().filter(|node| node.kind == NodeKind::Bare && !node.broken);
    bare.filter_map(|node| {
        let lexeme = source.slice(node.span);
        let rest = source.text().get(node.span.start as usize..)?;
        let scalar = scalar::scan(rest, lexeme.len())?;
        let fine = match scalar {
            Scalar::Bool(_) => true,
            Scalar::Integer => scalar::integer(lexeme).is_some(),
            Scalar::Float => scalar::is_float(lexeme),
            Scalar::Date { .. } => scalar::is_date(lexeme, scalar),
        };
        (!fine).then_some((node.span, scalar))
    })
}

/// The names of tables below `registry`, written just so; sorted.
fn hosts(source: &Source, tree: &Tree) -> Vec<String> {
    let name = |key: &Key| unquote(source.slice(key.span), key.quote).into_owned();
    let mut hosts = Vec::new();
    let mut header: Vec<String> = Vec::new();
    for (id, node) in tree.top() {
        match &node.kind {
            NodeKind::Header { keys, .. } => {
                // The third part and those behind it are the host's own keys.
                header = tree.path(keys).iter().take(2).map(name).collect();
                hosts.extend(host(&header));
            }
            NodeKind::Pair { keys } => {
                let path = header.iter().cloned().chain(tree.path(keys).iter().map(name));
                let path: Vec<_> = path.take(2).collect();
                match &*path {
                    [registry] if registry == "registry" => {
                        hosts.extend(inline_names(tree, id + 1, &name));
                    }
                    path => hosts.extend(host(path)),
                }
            }
            _ => {}
        }
    }
    hosts.order();
    hosts
}

fn host(path: &[String]) -> Option<String> {
    match path {
        [registry, host] if registry == "registry" => Some(host.clone()),
        _ => None,
    }
}

/// The names of the pairs in an inline table.
fn inline_names(tree: &Tree, id: NodeId, name: &dyn Fn(&Key) -> String) -> Vec<String> {
    let pairs = tree.children(id).filter_map(|(_, Node { kind, .. })| match kind {
        NodeKind::Pair { keys } => tree.path(keys).first(),
        _ => None,
    });
    pairs.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (host, path, name) in [
            ("reg:5000", "/a/ca.pem", "certs/reg_5000/ca.pem"),
            ("a://b", "ca.pem", "certs/a_b/ca.pem"),
            ("..", "x/ca.pem", "ca.pem"),
            ("", "ca.pem", "certs/ca.pem"),
            ("é", "ca.pem", "certs/_/ca.pem"),
        ] {
            assert_eq!(copied_name(host, path), name);
        }
    }
}
