//! buildx's own store: `store/store.go`, `store/nodegroup.go` and `store/util.go` of docker/buildx.
//!
//! It is only read. Whoever can write there may have put anything into it, so names are checked as
//! buildx checks them, sizes are limited, and no content is repeated in an error.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use crate::order::tree;
use crate::settings::{buildx_home, docker_home};
use crate::world::{Failure, World};

/// The largest builder that is read, in bytes: its certificates are in it, and each of them may
/// have 1 MiB.
const MAX_BUILDER: u64 = 32 << 20;
/// The largest of the small files beside it.
const MAX_SMALL: u64 = 1 << 16;

/// A builder.
#[derive(Debug)]
pub struct Builder {
    /// Its name.
    pub name: String,
    /// `docker-container`, `kubernetes` or another.
    pub driver: String,
    /// The machines it consists of.
    pub nodes: Vec<Node>,
}

/// A machine of a builder.
#[derive(Debug)]
pub struct Node {
    /// Its name, which its container has too, behind `buildx_buildkit_`.
    pub name: String,
    /// A docker context, an address, or what the kubernetes driver makes up.
    pub endpoint: String,
    /// Driver options by name.
    pub options: BTreeMap<String, String>,
    /// What buildkitd is started with.
    pub flags: Vec<String>,
    /// Its files by their names below `/etc/buildkit`.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The store of a user.
pub struct Store<'a> {
    world: &'a dyn World,
    home: PathBuf,
}

impl<'a> Store<'a> {
    /// The store of whoever runs bklint.
    ///
    /// # Errors
    /// If the environment does not say where it is.
    pub fn open(world: &'a dyn World) -> Result<Self, String> {
        let home = buildx_home(world).ok_or("neither BUILDX_CONFIG nor HOME is set")?;
        Ok(Self { world, home })
    }

    /// Where it is.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The names of all builders.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = self.world.list(&self.home.join("instances")).unwrap_or_default();
        entries.into_iter().filter_map(|entry| valid(entry.text())).collect()
    }

    /// The name of the builder that buildx uses unless told otherwise; none if that is docker's.
    #[must_use]
    pub fn current(&self) -> Option<String> {
        if let Some(name) = self.world.env("BUILDX_BUILDER").filter(|name| !name.is_empty()) {
            return Some(name);
        }
        let key = self.endpoint();
        let known = |name: &str| {
            let name = valid(name)?;
            self.world.kind(&self.home.join("instances").join(&name)).is_ok().then_some(name)
        };
        let current = self.world.read(&self.home.join("current"), MAX_SMALL).ok();
        let current: Option<Current> =
            current.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(current) = current.filter(|current| !current.name.is_empty()) {
            if current.global
                && let Some(name) = known(&current.name)
            {
                return Some(name);
            }
            if current.key == key {
                return known(&current.name);
            }
        }
        // `toHash` of store.go
        let hash = digest(&SHA256, key.as_bytes());
        let hash = hash.as_ref().iter().take(10).fold(String::new(), |mut text, byte| {
            // Writing to a `String` cannot fail.
            _ = write!(text, "{byte:02x}");
            text
        });
        let default = self.world.read(&self.home.join("defaults").join(hash), MAX_SMALL).ok()?;
        known(std::str::from_utf8(&default).ok()?)
    }

    /// What buildx remembers the current builder by: docker's context, or its address if that is
    /// the default one (`dockerutil.GetCurrentEndpoint`).
    fn endpoint(&self) -> String {
        let set = |name| self.world.env(name).filter(|value| !value.is_empty());
        if let Some(host) = set("DOCKER_HOST") {
            return host;
        }
        let configured = || {
            let path = docker_home(self.world)?.join("config.json");
            let bytes = self.world.read(&path, 1 << 20).ok()?;
            serde_json::from_slice::<DockerConfig>(&bytes).ok()?.context
        };
        let context = set("DOCKER_CONTEXT").or_else(configured);
        let context = context.filter(|name| !name.is_empty() && name != "default");
        context.unwrap_or_else(|| "unix:///var/run/docker.sock".to_owned())
    }

    /// A builder by its name.
    ///
    /// # Errors
    /// Why there is none, in words that repeat nothing of its content.
    pub fn load(&self, name: &str) -> Result<Builder, String> {
        let name = valid(name).ok_or_else(|| {
            format!(
                "`{name}` cannot be a builder: names begin with a letter and hold letters, digits, \
                 `.`, `_` and `-`"
            )
        })?;
        let path = self.home.join("instances").join(&name);
        let bytes = self.world.read(&path, MAX_BUILDER).map_err(|failure| match failure {
            Failure::Missing => self.missing(&name),
            other => format!("{}: {other}", path.display()),
        })?;
        let group: NodeGroup = serde_json::from_slice(&bytes).map_err(|error| {
            // serde's words may hold the value at fault.
            let (line, column) = (error.line(), error.column());
            format!("{}: line {line}, column {column} is not buildx's", path.display())
        })?;
        let nodes = group.nodes.unwrap_or_default().into_iter();
        let nodes = nodes.map(RawNode::read).collect::<Result<_, _>>();
        let nodes = nodes.map_err(|file| format!("{}: `{file}` is no base64", path.display()))?;
        Ok(Builder { name, driver: group.driver, nodes })
    }

    fn missing(&self, name: &str) -> String {
        let home = self.home.display();
        match &*self.names() {
            [] => format!("there is no builder `{name}`; {home} holds none"),
            names => format!("there is no builder `{name}` in {home}; there are {}", list(names)),
        }
    }
}

/// Names in a row; of many, the first ones.
#[must_use]
pub fn list(names: &[String]) -> String {
    const MANY: usize = 8;
    let mut text = names.get(..MANY).unwrap_or(names).join(", ");
    if names.len() > MANY {
        text.push_str(" …");
    }
    text
}

/// `ValidateName` of util.go: the name as it is used.
fn valid(name: &str) -> Option<String> {
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (first && name.bytes().all(plain)).then(|| name.to_ascii_lowercase())
}

#[derive(Deserialize)]
struct Current {
    #[serde(rename = "Key", default)]
    key: String,
    #[serde(rename = "Name", default)]
    name: String,
    #[serde(rename = "Global", default)]
    global: bool,
}

#[derive(Deserialize)]
struct DockerConfig {
    #[serde(rename = "currentContext")]
    context: Option<String>,
}

#[derive(Deserialize)]
struct NodeGroup {
    #[serde(rename = "Driver", default)]
    driver: String,
    #[serde(rename = "Nodes")]
    nodes: Option<Vec<RawNode>>,
}

/// Go writes absent lists and maps as null.
#[derive(Deserialize)]
struct RawNode {
    #[serde(rename = "Name", default)]
    name: String,
    #[serde(rename = "Endpoint", default)]
    endpoint: String,
    #[serde(rename = "DriverOpts")]
    options: Option<BTreeMap<String, String>>,
    #[serde(rename = "Flags")]
    flags: Option<Vec<String>>,
    #[serde(rename = "Files")]
    files: Option<BTreeMap<String, Option<String>>>,
}

impl RawNode {
    fn read(self) -> Result<Node, String> {
        let files = self.files.unwrap_or_default().into_iter().map(|(name, text)| {
            match BASE64_STANDARD.decode(text.unwrap_or_default()) {
                Ok(bytes) => Ok((name, bytes)),
                Err(_) => Err(name),
            }
        });
        Ok(Node {
            name: self.name,
            endpoint: self.endpoint,
            options: self.options.unwrap_or_default(),
            flags: self.flags.unwrap_or_default(),
            files: tree(files.collect::<Result<Vec<_>, _>>()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Memory;

    fn world(files: &[(&str, &str)], env: &[(&str, &str)]) -> Memory {
        let files = files.iter().map(|(path, text)| {
            (PathBuf::from(format!("/h/.docker/{path}")), text.as_bytes().to_vec())
        });
        let env = env.iter().chain(&[("HOME", "/h")]);
        Memory {
            files: files.collect(),
            env: env.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Memory::default()
        }
    }

    #[test]
    fn the_current_builder() {
        let current = |text, env: &[(&str, &str)], more: &[(&str, &str)]| {
            let files = [("buildx/current", text), ("buildx/instances/ci", "{}")];
            let world = world(&[&files, more].concat(), env);
            Store::open(&world).unwrap().current()
        };
        let socket = r#"{"Key":"unix:///var/run/docker.sock","Name":"ci","Global":false}"#;
        assert_eq!(current(socket, &[], &[]).as_deref(), Some("ci"));
        assert_eq!(current(socket, &[("DOCKER_HOST", "tcp://x")], &[]), None);
        assert_eq!(current(socket, &[("BUILDX_BUILDER", "other")], &[]).as_deref(), Some("other"));
        let context = [("config.json", r#"{"currentContext":"far"}"#)];
        assert_eq!(current(socket, &[], &context), None);
        let far = r#"{"Key":"far","Name":"CI","Global":false}"#;
        assert_eq!(current(far, &[], &context).as_deref(), Some("ci"));
        let global = r#"{"Key":"","Name":"ci","Global":true}"#;
        assert_eq!(current(global, &[], &context).as_deref(), Some("ci"));
        for hostile in ["", "[", "{\"Name\":\"../../x\",\"Global\":true}", "{\"Name\":3}"] {
            assert_eq!(current(hostile, &[], &[]), None, "{hostile}");
        }
        // The first 20 digits of the hash of "far".
        let default = [context[0], ("buildx/defaults/512eea46ceb3921dff43", "ci")];
        assert_eq!(current("{}", &[], &default).as_deref(), Some("ci"));
        assert_eq!(current("{}", &[], &default[1..]), None);
    }

    #[test]
    fn hostile_builders_are_refused_without_their_content() {
        for (text, said) in [
            ("", "line 1, column 0"),
            ("secret", "line 1, column 1"),
            (r#"{"Nodes":["root:secret"]}"#, "line 1, column"),
            (r#"{"Nodes":[{"Files":{"buildkitd.toml":"%"}}]}"#, "`buildkitd.toml` is no base64"),
        ] {
            let world = world(&[("buildx/instances/ci", text)], &[]);
            let error = Store::open(&world).unwrap().load("ci").unwrap_err();
            assert!(error.contains(said) && !error.contains("secret"), "{error}");
        }
        let world = world(&[("buildx/instances/ci", "{}")], &[]);
        let store = Store::open(&world).unwrap();
        for name in ["../ci", "", ".", "a/b", "é"] {
            assert!(store.load(name).unwrap_err().contains("cannot be a builder"), "{name}");
        }
        assert_eq!(store.load("CI").unwrap().name, "ci");
        let error = store.load("other").unwrap_err();
        assert_eq!(error, "there is no builder `other` in /h/.docker/buildx; there are ci");
    }
}
