//! What a key of `buildkitd.toml` is: its name, type, history and documentation.
//!
//! The keys themselves are written once, in [`model`](crate::model); decoding, the unknown-key
//! rules, releases and the JSON Schema read them from there.

use serde_json::{Map, Value, json};

use crate::release::Release;

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A 64-bit integer.
    Int,
    /// A string.
    Str,
    /// An array of strings.
    Strs,
    /// Bytes or a percentage of the disk: `"10GB"`, `"20%"`, `1024`.
    Size,
    /// `"48h"`, or an integer of seconds.
    Duration,
    /// A table.
    Table(&'static [Key]),
    /// Tables by name: `[registry."host"]`.
    Map(&'static [Key]),
    /// An array of tables.
    List(&'static [Key]),
    /// A table of strings.
    Labels,
    /// A table of anything.
    Free,
}

impl Kind {
    /// The keys inside, for tables of all sorts.
    #[must_use]
    pub const fn keys(self) -> &'static [Key] {
        match self {
            Self::Table(keys) | Self::Map(keys) | Self::List(keys) => keys,
            _ => &[],
        }
    }

    /// What the user should write, with an article.
    #[must_use]
    pub const fn wanted(self) -> &'static str {
        match self {
            Self::Bool => "`true` or `false`",
            Self::Int => "an integer",
            Self::Str => "a string",
            Self::Strs => "an array of strings",
            Self::Size => "a size",
            Self::Duration => "a duration",
            Self::Table(_) | Self::Free => "a table",
            Self::Map(_) => "tables named by host",
            Self::List(_) => "an array of tables",
            Self::Labels => "a table of strings",
        }
    }
}

/// Which worker knows a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Only {
    /// Both, or the key is none of a worker.
    Any,
    /// `[worker.oci]`
    Oci,
    /// `[worker.containerd]`
    Containerd,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As upstream spells it.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The first release that reads it.
    pub since: Release,
    /// The first release whose `[worker.containerd]` reads it, if that is another one.
    pub containerd_since: Option<Release>,
    /// Since when it is deprecated, and what to use instead.
    pub deprecated: Option<(Release, &'static str)>,
    /// In words; empty if unset means nothing.
    pub default: &'static str,
    /// The values it knows; empty if any.
    pub values: &'static [&'static str],
    /// Which worker knows it.
    pub only: Only,
    /// Unset and zero differ.
    pub pointer: bool,
    /// Upstream's struct gives it no name, so it goes by its Go field's: with an upper-case
    /// letter in front.
    pub untagged: bool,
    /// A paragraph.
    pub doc: &'static str,
}

impl Key {
    /// The first release that reads it in that worker's table.
    #[must_use]
    pub fn first_release(&self, worker: Only) -> Release {
        match (self.containerd_since, worker) {
            (Some(since), Only::Containerd) => since,
            _ => self.since,
        }
    }
}

/// A key since `0.minor.patch`; the rest is added by the methods.
#[must_use]
pub const fn key(name: &'static str, minor: u16, patch: u16) -> Key {
    Key {
        name,
        kind: Kind::Bool,
        since: Release::new(minor, patch),
        containerd_since: None,
        deprecated: None,
        default: "",
        values: &[],
        only: Only::Any,
        pointer: false,
        untagged: false,
        doc: "",
    }
}

#[allow(clippy::missing_const_for_fn, missing_docs, reason = "named after the fields they set")]
impl Key {
    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }
    #[must_use]
    pub const fn deprecated(mut self, minor: u16, patch: u16, by: &'static str) -> Self {
        self.deprecated = Some((Release::new(minor, patch), by));
        self
    }
    #[must_use]
    pub const fn containerd_since(mut self, minor: u16, patch: u16) -> Self {
        self.containerd_since = Some(Release::new(minor, patch));
        self
    }
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }
    #[must_use]
    pub const fn only(mut self, only: Only) -> Self {
        self.only = only;
        self
    }
    #[must_use]
    pub const fn pointer(mut self) -> Self {
        self.pointer = true;
        self
    }
    #[must_use]
    pub const fn untagged(mut self) -> Self {
        self.untagged = true;
        self
    }
    #[must_use]
    pub const fn typed(mut self, kind: Kind, doc: &'static str) -> Self {
        self.kind = kind;
        self.doc = doc;
        self
    }
}

/// The JSON Schema of `buildkitd.toml`, draft 2020-12.
///
/// Keys are matched as written: buildkitd takes other letter case since v0.28, editors should
/// not suggest it. Unknown keys are refused here though buildkitd ignores them, since that is
/// what an editor is asked to point out.
#[must_use]
pub fn json_schema(root: &'static [Key]) -> Value {
    let mut schema = object(root, Only::Any);
    if let Value::Object(map) = &mut schema {
        map.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        map.insert("title".into(), "buildkitd.toml".into());
    }
    schema
}

fn object(keys: &'static [Key], worker: Only) -> Value {
    let mut properties = Map::new();
    for key in keys.iter().filter(|key| key.only == Only::Any || key.only == worker) {
        let worker = match key.name {
            "oci" => Only::Oci,
            "containerd" => Only::Containerd,
            _ => worker,
        };
        let mut property = value(key.kind, worker);
        if let Value::Object(map) = &mut property {
            map.insert("description".into(), key.doc.trim().into());
            if key.deprecated.is_some() {
                map.insert("deprecated".into(), true.into());
            }
            if !key.values.is_empty() {
                // Suggested, not demanded: another value loads, and fails later or is dropped.
                let place =
                    if matches!(key.kind, Kind::Strs) { map.get_mut("items") } else { None };
                let examples = json!(key.values);
                match place {
                    Some(Value::Object(items)) => items.insert("examples".into(), examples),
                    _ => map.insert("examples".into(), examples),
                };
            }
        }
        properties.insert(key.name.into(), property);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn value(kind: Kind, worker: Only) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Int => json!({ "type": "integer" }),
        Kind::Str => json!({ "type": "string" }),
        Kind::Strs => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Size => json!({ "type": ["string", "number"], "examples": ["10GB", "20%"] }),
        Kind::Duration => json!({ "type": ["string", "integer"], "examples": ["48h"] }),
        Kind::Table(keys) => object(keys, worker),
        Kind::Map(keys) => {
            json!({ "type": "object", "additionalProperties": object(keys, worker) })
        }
        Kind::List(keys) => json!({ "type": "array", "items": object(keys, worker) }),
        Kind::Labels => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Free => json!({ "type": "object" }),
    }
}
