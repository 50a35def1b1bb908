//! Key patterns: `registry."docker.io".mirrors[first]:host`.

use crate::config::keys::nearest;
use crate::decode::root_keys;
use crate::schema::{Key, Kind};

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

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// The name; `*` is any.
    pub name: String,
    /// Written without quotes, so that `*` and `used` are no names.
    pub bare: bool,
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
        let bare = quote.is_none();
        self.steps.push(Step { name: name.to_owned(), bare, index });
        Ok(rest)
    }

    /// What it leads to from a table with these keys.
    ///
    /// # Errors
    /// Why it leads to no key that buildkitd has.
    pub fn kind(&self, start: Kind) -> Result<Kind, String> {
        let mut kind = start;
        for step in &self.steps {
            kind = match kind {
                Kind::Map(keys) => Kind::Table(keys),
                Kind::Table(keys) if step.bare && step.name == "*" => {
                    let inner = keys.iter().find(|key| !key.kind.keys().is_empty());
                    inner.ok_or("there are no tables below")?.kind
                }
                Kind::Table(keys) if step.bare && step.name == "used" && is_workers(keys) => {
                    keys.first().map_or(Kind::Free, |key| key.kind)
                }
                Kind::Table(keys) => {
                    let known = keys.iter().find(|key| key.name == step.name);
                    known.ok_or_else(|| unknown(&step.name, keys))?.kind
                }
                Kind::Free | Kind::Labels => Kind::Str,
                _ => return Err(format!("nothing lies below a key that takes {}", kind.wanted())),
            };
            kind = match (kind, step.index) {
                (Kind::List(keys), Some(_)) => Kind::Table(keys),
                (Kind::Strs, Some(_)) => Kind::Str,
                (kind, None) => kind,
                _ => return Err(format!("`{}` is not a list", step.name)),
            };
        }
        Ok(kind)
    }

    /// What it leads to from the root of the file.
    ///
    /// # Errors
    /// Why it leads to no key that buildkitd has.
    pub fn root_kind(&self) -> Result<Kind, String> {
        self.kind(Kind::Table(root_keys()))
    }
}

fn is_workers(keys: &[Key]) -> bool {
    keys.iter().any(|key| key.name == "containerd")
}

fn unknown(name: &str, keys: &[Key]) -> String {
    match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => format!("buildkitd has no key `{name}` there; did you mean `{near}`?"),
        None => format!("buildkitd has no key `{name}` there"),
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
        ] {
            let pattern = Pattern::parse(text).unwrap();
            assert_eq!(pattern.root_kind().map(Kind::wanted), Ok(wanted), "{text}");
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
        ] {
            assert!(Pattern::parse(text).unwrap().root_kind().is_err(), "{text}");
        }
        for text in ["", "a..b", "a[2]", "a:name", "\"a", "a[first", ".x"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
