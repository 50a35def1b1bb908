//! Key patterns: `registry."docker.io".mirrors[first]:host`.

use super::normal::no_registry;
use crate::config::keys::nearest;
use crate::decode::{dotted, root_keys};
use crate::schema::{Key, Kind, Only};

/// Which elements of a list are meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Index {
    /// The first one.
    First,
    /// The last one.
    Last,
    /// All of them.
    Each,
    /// One of them, whichever.
    Any,
}

/// A part of a host or address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Facet {
    /// The name without port.
    Host,
    /// The port.
    Port,
    /// What follows the host.
    Path,
    /// `tcp`, `unix`, `http`, `https`.
    Scheme,
}

impl Facet {
    /// As a pattern writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => ":host",
            Self::Port => ":port",
            Self::Path => ":path",
            Self::Scheme => ":scheme",
        }
    }
}

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// The name; `*` is any.
    pub name: String,
    /// Written without quotes, so that `*` and `used` are no names.
    pub bare: bool,
    /// Where the key of that name is in its table, once it is known.
    pub at: Option<usize>,
    /// Which elements, if it is a list.
    pub index: Option<Index>,
}

/// A pattern of keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pattern {
    /// From the root, or from where it is relative to.
    pub steps: Vec<Step>,
    /// A part of the value at its end.
    pub facet: Option<Facet>,
}

impl Pattern {
    /// Reads a pattern; `.` and a facet alone are what it is relative to.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pattern = Self::default();
        let mut rest = text;
        if rest == "." {
            return Ok(pattern);
        }
        while !rest.is_empty() {
            if let Some(facet) = rest.strip_prefix(':') {
                pattern.facet = Some(match facet {
                    "host" => Facet::Host,
                    "port" => Facet::Port,
                    "path" => Facet::Path,
                    "scheme" => Facet::Scheme,
                    _ => return Err(format!("`:{facet}` is not :host, :port, :path or :scheme")),
                });
                return Ok(pattern);
            }
            if !pattern.steps.is_empty() {
                rest = rest
                    .strip_prefix('.')
                    .ok_or_else(|| format!("a dot is missing at `{rest}`"))?;
            }
            rest = pattern.step(rest)?;
        }
        if pattern.steps.is_empty() { Err("it is empty".into()) } else { Ok(pattern) }
    }

    fn step<'a>(&mut self, rest: &'a str) -> Result<&'a str, String> {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (name, mut rest) = match quote {
            Some(quote) => {
                let inner = rest.get(1..).unwrap_or_default();
                inner.split_once(quote).ok_or("a quote is not closed")?
            }
            None => rest.split_at(rest.find(['.', '[', ':']).unwrap_or(rest.len())),
        };
        if name.is_empty() {
            return Err("a name is missing".into());
        }
        let mut index = None;
        if let Some(open) = rest.strip_prefix('[') {
            let (word, after) = open.split_once(']').ok_or("a bracket is not closed")?;
            index = Some(match word {
                "first" => Index::First,
                "last" => Index::Last,
                "each" => Index::Each,
                "any" => Index::Any,
                _ => return Err(format!("`[{word}]` is not [each], [any], [first] or [last]")),
            });
            rest = after;
        }
        if index == Some(Index::Any) && self.at_any().is_some() {
            return Err("`[any]` may stand in it once".into());
        }
        let bare = quote.is_none();
        self.steps.push(Step { name: name.to_owned(), bare, at: None, index });
        Ok(rest)
    }

    /// What it leads to from there; it notes the keys on the way.
    ///
    /// # Errors
    /// Why it leads to no key that buildkitd has.
    pub fn target(&mut self, from: Target) -> Result<Target, String> {
        let Target { mut kind, mut key, mut worker, .. } = from;
        for step in &mut self.steps {
            let any = step.bare && step.name == "*";
            let next = match kind {
                Kind::Map(keys) => {
                    let named = key.is_some_and(|key| key.name == "registry") && !any;
                    if let Some(why) = named.then(|| no_registry(&step.name)).flatten() {
                        return Err(why);
                    }
                    kind = Kind::Table(keys);
                    None
                }
                Kind::Table(keys) if any => {
                    let tables = || keys.iter().filter(|key| !key.kind.keys().is_empty());
                    if !tables().all(|key| matches!(key.kind, Kind::Table(_))) {
                        return Err("what `*` stands for there has not the same keys".into());
                    }
                    Some(tables().next().ok_or("there are no tables below")?)
                }
                Kind::Table(keys) if step.bare && step.name == "used" && is_workers(keys) => {
                    keys.first()
                }
                Kind::Table(keys) => {
                    step.at = keys.iter().position(|key| key.name == step.name);
                    let known = step.at.and_then(|at| keys.get(at));
                    let is_host = key.is_some_and(|key| key.name == "registry");
                    let known = known.ok_or_else(|| unknown(&step.name, keys, is_host))?;
                    if ![Only::Any, known.only].contains(&worker) && known.only != Only::Any {
                        return Err(format!("`{}` is a key of the other worker", step.name));
                    }
                    if is_workers(keys) {
                        worker = if known.name == "oci" { Only::Oci } else { Only::Containerd };
                    }
                    Some(known)
                }
                Kind::Labels if !any => {
                    kind = Kind::Str;
                    None
                }
                Kind::Free => return Err("what lies in such a table is not looked at".into()),
                _ => return Err(format!("nothing lies below a key that takes {}", kind.wanted())),
            };
            if let Some(next) = next {
                (kind, key) = (next.kind, Some(next));
            }
            kind = match (kind, step.index) {
                (Kind::List(keys), Some(_)) => Kind::Table(keys),
                (Kind::Strs, Some(_)) => Kind::Str,
                (kind, None) => kind,
                _ => return Err(format!("`{}` is not a list", step.name)),
            };
        }
        if let Some(facet) = self.facet {
            let is_host = match (kind, key) {
                (Kind::Table(_), Some(key)) => key.name == "registry",
                // The other key named `address` takes one string, a path.
                (Kind::Str, Some(Key { name: "address", kind, .. })) => matches!(kind, Kind::Strs),
                (Kind::Str, Some(key)) => {
                    ["mirrors", "allowedRepositories", "debugAddress"].contains(&key.name)
                }
                _ => false,
            };
            if !is_host || from.facet.is_some() {
                let parts = "only a host or address has parts";
                let list = if matches!(kind, Kind::Strs) { "; of a list [each] has" } else { "" };
                return Err(format!("there is no {} here: {parts}{list}", facet.name()));
            }
            // A part of a host is a string, and so is the name of a table.
            kind = Kind::Str;
        }
        let facet = self.facet.or_else(|| from.facet.filter(|_| self.steps.is_empty()));
        Ok(Target { kind, key, facet, worker })
    }

    /// The steps up to the list of which one element has to fit, and those behind it.
    #[must_use]
    pub fn at_any(&self) -> Option<(&[Step], &Step, &[Step])> {
        let at = self.steps.iter().position(|step| step.index == Some(Index::Any))?;
        let (before, rest) = self.steps.split_at(at);
        let (step, after) = rest.split_first()?;
        Some((before, step, after))
    }
}

/// What a pattern leads to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What it takes.
    pub kind: Kind,
    /// The key; none at the root.
    pub key: Option<&'static Key>,
    /// The part of the value that is meant.
    pub facet: Option<Facet>,
    /// The worker that it belongs to, if it is one's.
    worker: Only,
}

impl Target {
    /// The whole file.
    #[must_use]
    pub fn root() -> Self {
        Self { kind: Kind::Table(root_keys()), key: None, facet: None, worker: Only::Any }
    }
}

/// As it is written, below what it is relative to; what it is relative to itself is nothing.
impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for step in &self.steps {
            let name = if step.bare { step.name.clone() } else { dotted([&step.name]) };
            let index = match step.index {
                Some(Index::First) => "[first]",
                Some(Index::Last) => "[last]",
                Some(Index::Each) => "[each]",
                Some(Index::Any) => "[any]",
                None => "",
            };
            write!(f, ".{name}{index}")?;
        }
        f.write_str(self.facet.map_or("", Facet::name))
    }
}

fn is_workers(keys: &[Key]) -> bool {
    keys.iter().any(|key| key.name == "containerd")
}

fn unknown(name: &str, keys: &[Key], is_host: bool) -> String {
    let why = format!("buildkitd has no key `{name}` there");
    match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => format!("{why}; did you mean `{near}`?"),
        None if is_host => format!("{why}; a host with a dot stands in quotes"),
        None => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_keys() {
        for (text, wanted) in [
            ("registry.\"docker.io\".mirrors[first]", "a string"),
            ("registry.*.http", "`true` or `false`"),
            ("registry.*", "a table"),
            ("worker.used.gcpolicy[last].maxUsedSpace", "a size"),
            ("worker.*.max-parallelism", "an integer"),
            ("frontend.'gateway.v0'.allowedRepositories", "an array of strings"),
            ("grpc.address[each]:port", "a string"),
            ("worker.containerd.namespace", "a string"),
            ("worker.*.namespace", "a string"),
            ("worker.used.binary", "a string"),
        ] {
            let mut pattern = Pattern::parse(text).unwrap();
            let kind = pattern.target(Target::root()).map(|target| target.kind.wanted());
            assert_eq!(kind, Ok(wanted), "{text}");
        }
    }

    #[test]
    fn unknown_keys() {
        for text in [
            "grpc.adress[each]",
            "registry.x.mirror",
            "debug[each]",
            "worker.oci.gcpolicy.all",
            "log.level.x",
            "registry.\"https://quay.io\".http",
            "registry.'Docker.IO'",
            "registry.\"quay.io/x\".http",
            "root:host",
            "log:path",
            "registry:host",
            "registry.*.ca[each]:path",
            "worker.containerd.address:scheme",
            "worker.oci.labels.team:host",
            "grpc.address:scheme",
            "worker.oci.stargzSnapshotter.x",
            "worker.oci.labels.*",
            "worker.oci.namespace",
            "worker.containerd.binary",
            "registry.docker.io.mirrors",
            "*",
            "*.level",
            "worker.oci.*",
            "log.*",
            "dns.nameservers[each]:host",
        ] {
            assert!(Pattern::parse(text).unwrap().target(Target::root()).is_err(), "{text}");
        }
        for text in ["", "a..b", "a[2]", "a:name", "\"a", "a[first", ".x", "a[any].b[any]"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
