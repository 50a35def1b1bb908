//! The keys of `bklint.toml`, each written down once: reading, faults and the JSON Schema follow
//! from this table.

use serde_json::{Map, Value as Json, json};

use super::document::{Data, Table, Value};
use crate::clock;
use crate::decode::scalar;
use crate::glob::Glob;
use crate::levels::Selector;
use crate::order::tree;
use crate::own::{Fault, FaultKind};
use crate::release::{Release, Releases};
use crate::settings::parse_memory;

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// A sentence.
    pub doc: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// An integer from this one on.
    Integer(i64),
    /// A string.
    Text(Form),
    /// An array of strings.
    Texts(Form),
    /// A size: `"10GB"`, `"20%"`, or bytes.
    Size,
    /// A duration: `"48h"`, or seconds.
    Duration,
    /// A TOML date, or a string like one.
    Date,
    /// A table.
    Table(&'static [Key]),
    /// An array of tables.
    List(&'static [Key]),
    /// A table with names of the user's own.
    Map(&'static Self),
    /// Levels by rule.
    Lints,
    /// Anything; read by the policies.
    Free,
}

/// What a string must look like.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Anything.
    Any,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Checked; what is wanted, with an article.
    Checked(&'static str, fn(&str) -> bool),
}

const GLOB: Form =
    Form::Checked("a glob", |text| !text.is_empty() && Glob::new(text, false).is_some());
const RELEASES: Form =
    Form::Checked("a release like \"0.17\", or several like \"0.13..0.32\"", |text| {
        text.parse::<Releases>().is_ok()
    });
const ONE_RELEASE: Form =
    Form::Checked("a release like \"0.17\"", |text| text.parse::<Release>().is_ok());
const MODE: Form = Form::Checked("a mode like \"0600\"", |text| parse_mode(text).is_some());
const MEMORY: Form = Form::Checked("an amount like \"16GiB\"", |text| parse_memory(text).is_ok());
const REQUIREMENT: Form = Form::Checked("a requirement like \">=0.1\"", |text| {
    crate::version::requirement(text).is_some()
});
const DEPLOY: Form =
    Form::OneOf(&["daemon", "rootless", "buildx-container", "buildx-kubernetes", "github-action"]);
/// How loudly a rule may speak, as configuration says it.
pub const LEVELS: &[&str] = &["allow", "note", "warn", "deny", "forbid"];

const fn key(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, doc }
}

/// The file.
pub const ROOT: &[Key] = &[
    key(
        "required-version",
        Kind::Text(REQUIREMENT),
        "The versions of bklint that may read this file.",
    ),
    key(
        "preset",
        Kind::Text(Form::Any),
        "Levels to begin with: recommended, strict or hardened, or a file relative to this one. \
         `recommended@0.1` keeps the rules and levels of that version.",
    ),
    key("include", Kind::Texts(GLOB), "Further files to take when a folder is searched."),
    key("exclude", Kind::Texts(GLOB), "Files to pass over when a folder is searched."),
    key("deployment", Kind::Table(DEPLOYMENT), "What the files are for."),
    key("lints", Kind::Lints, "How loudly rules speak."),
    key("policy", Kind::Table(POLICY), "What the files must be like."),
    key("override", Kind::List(OVERRIDE), "What holds for some files only."),
];

const DEPLOYMENT: &[Key] = &[
    key("deploy", Kind::Text(DEPLOY), "How buildkitd is run."),
    key("buildkit", Kind::Text(RELEASES), "The releases of BuildKit."),
    key("cpus", Kind::Integer(1), "Processors of the machine."),
    key("memory", Kind::Text(MEMORY), "Memory of the machine."),
    key(
        "files",
        Kind::Text(Form::OneOf(&["auto", "check", "skip"])),
        "Whether to look at the files that a configuration names.",
    ),
    key("root", Kind::Text(Form::Any), "The folder that stands for /, relative to this file."),
    key(
        "paths",
        Kind::Map(&Kind::Text(Form::Any)),
        "Folders of the configuration, and where they lie, relative to this file.",
    ),
    key("expires-within", Kind::Duration, "How long before its end a certificate is reported."),
    key("daemon-args", Kind::Texts(Form::Any), "Arguments that buildkitd is started with."),
    key("buildx-args", Kind::Texts(Form::Any), "Arguments of `docker buildx create`."),
];

const OVERRIDE: &[Key] = &[
    key("files", Kind::Texts(GLOB), "Which files, relative to this one."),
    key("deployment", Kind::Table(DEPLOYMENT), "What these files are for."),
    key("lints", Kind::Lints, "How loudly rules speak there."),
    key("policy", Kind::Table(POLICY), "What they must be like."),
];

const TEXTS: Kind = Kind::Texts(Form::Any);

const ALLOW: &[Key] = &[key("allow", TEXTS, "What is allowed; an empty list allows nothing.")];
const ALLOW_HOSTS: &[Key] = &[key("allow", TEXTS, "Hosts that are; an empty list allows none.")];
const REQUIRED: Key = key("required", Kind::Bool, "Whether it is demanded.");

/// Each built-in policy is the rule of that name in the group `policy`.
const POLICY: &[Key] = &[
    key("bind", Kind::Table(BIND), "Where the daemon may listen."),
    key("cdi", Kind::Table(CDI), "Devices for build steps."),
    key("certificate-lifetime", Kind::Table(LIFETIME), "How long certificates are valid."),
    key("entitlements", Kind::Table(ALLOW), "Entitlements that may be granted."),
    key("gateway", Kind::Table(GATEWAY), "Frontend images that may run."),
    key("gc", Kind::Table(GC), "Garbage collection."),
    key("history", Kind::Table(HISTORY), "Build records."),
    key("key-mode", Kind::Table(KEY_MODE), "Who may read the files of private keys."),
    key("key-strength", Kind::Table(STRENGTH), "The keys of certificates."),
    key("keys", Kind::Table(KEYS), "Keys that must or must not be there."),
    key("log", Kind::Table(LOG), "The daemon's log."),
    key("mirrors", Kind::Table(MIRRORS), "Mirrors of registries."),
    key("mutual-tls", Kind::Table(&[REQUIRED]), "Client certificates for TCP."),
    key("network-mode", Kind::Table(ALLOW), "The network of build steps."),
    key("parallelism", Kind::Table(PARALLELISM), "Parallel build steps."),
    key("plain-http", Kind::Table(ALLOW_HOSTS), "Registries that may be contacted in plain text."),
    key("platforms", Kind::Table(ALLOW), "Platforms that a worker may offer."),
    key("release", Kind::Table(RELEASE), "The releases of BuildKit that may be run."),
    key("required-mirrors", Kind::Map(&TEXTS), "Mirrors that a registry must have."),
    key("rule", Kind::List(RULE), "Rules of the organisation's own."),
    key("snapshotter", Kind::Table(ALLOW), "Snapshotters that a worker may use."),
    key("unverified", Kind::Table(ALLOW_HOSTS), "Registries that need not be verified."),
];

const BIND: &[Key] = &[
    key("allow", TEXTS, "Hosts of TCP addresses that are allowed."),
    key("wildcard", Kind::Bool, "Whether the daemon may listen everywhere."),
];
const CDI: &[Key] = &[key("allowed", Kind::Bool, "Whether devices may be handed out.")];
const LIFETIME: &[Key] = &[
    key("min-days-left", Kind::Integer(1), "For how long they must be valid still."),
    key("max-days", Kind::Integer(1), "For how long they may be valid in all, CAs aside."),
];
const KEY_MODE: &[Key] = &[key("max", Kind::Text(MODE), "The widest mode that is allowed.")];
const STRENGTH: &[Key] = &[
    key("min-rsa-bits", Kind::Integer(1024), "The least size of an RSA key."),
    key(
        "allow",
        Kind::Texts(Form::OneOf(&["rsa", "p256", "p384", "p521", "ed25519"])),
        "Kinds of keys that are allowed; an empty list allows none.",
    ),
];
const RELEASE: &[Key] = &[key("min", Kind::Text(ONE_RELEASE), "The oldest one.")];
const GATEWAY: &[Key] =
    &[REQUIRED, key("allow", TEXTS, "Images that may be on the list, with host.")];
const GC: &[Key] = &[
    REQUIRED,
    key("min-reserved", Kind::Size, "The least `reservedSpace`."),
    key("max-reserved", Kind::Size, "The most `reservedSpace`."),
    key("min-used", Kind::Size, "The least `maxUsedSpace`."),
    key("max-used", Kind::Size, "The most `maxUsedSpace`."),
    key("min-free", Kind::Size, "The least `minFreeSpace`."),
];
const HISTORY: &[Key] = &[
    key("min-age", Kind::Duration, "The least `maxAge`."),
    key("max-age", Kind::Duration, "The most `maxAge`."),
    key("min-entries", Kind::Integer(0), "The least `maxEntries`."),
    key("max-entries", Kind::Integer(0), "The most `maxEntries`."),
];
const KEYS: &[Key] = &[
    key("required", TEXTS, "Key patterns that must be set."),
    key("forbidden", TEXTS, "Key patterns that must not be set."),
];
const LOG: &[Key] = &[
    key("formats", TEXTS, "Formats that are allowed."),
    key("levels", TEXTS, "Levels that are allowed."),
];
const MIRRORS: &[Key] = &[
    key("allow", TEXTS, "Mirrors that are allowed; an empty list allows none."),
    key("deny", TEXTS, "Mirrors that are forbidden."),
];
const PARALLELISM: &[Key] = &[
    key("min", Kind::Integer(0), "The least number."),
    key("max", Kind::Integer(0), "The greatest number."),
];
const RULE: &[Key] = &[
    key("id", Kind::Text(Form::Any), "Its name, like corp::harbor_first."),
    key("key", Kind::Text(Form::Any), "Which keys it is about."),
    key("must", Kind::Free, "Conditions that must hold, by key relative to those."),
    key("when", Kind::Free, "Conditions under which it counts."),
    key("message", Kind::Text(Form::Any), "What is wrong."),
    key("help", Kind::Text(Form::Any), "What to do."),
    key("level", Kind::Text(Form::OneOf(LEVELS)), "How loudly it speaks; deny if unset."),
    key("url", Kind::Text(Form::Any), "Where to read more."),
];

/// The keys of an entry of `[lints]` that says more than a level.
pub const LINT: &[Key] = &[
    key("level", Kind::Text(Form::OneOf(LEVELS)), "How loudly the rule speaks."),
    key("reason", Kind::Text(Form::Any), "Why."),
    key("until", Kind::Date, "The last day on which the entry counts."),
];

/// Reads a file's mode as `chmod` takes it.
#[must_use]
pub fn parse_mode(text: &str) -> Option<u32> {
    let octal = text.bytes().all(|c| matches!(c, b'0'..=b'7'));
    u32::from_str_radix(text, 8).ok().filter(|mode| octal && *mode <= 0o777)
}

/// Holds a table against its keys.
pub fn check(keys: &'static [Key], table: &Table, path: &str, faults: &mut Vec<Fault>) {
    for item in table.items() {
        let place = if path.is_empty() { "bklint.toml".to_owned() } else { format!("`{path}`") };
        match keys.iter().find(|key| key.name == item.name) {
            Some(key) => {
                let path = if path.is_empty() {
                    item.name.clone()
                } else {
                    format!("{path}.{}", item.name)
                };
                key.kind.check(&item.value, &path, faults);
            }
            None => {
                let home = home(&item.name);
                let near = nearest(&item.name, keys.iter().map(|key| key.name));
                let near = near.filter(|_| home.is_none());
                let kind = FaultKind::UnknownKey { name: item.name.clone(), place, near, home };
                faults.push(Fault { span: item.key, kind });
            }
        }
    }
}

/// The table that has a key of that name.
fn home(name: &str) -> Option<&'static str> {
    let has = |key: &&Key| match key.kind {
        Kind::Table(keys) => keys.iter().any(|key| key.name == name),
        _ => false,
    };
    ROOT.iter().find(has).map(|key| key.name)
}

/// The known name that was probably meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A hyphen and an underscore are easily mixed up.
    let plain = |text: &str| text.replace('_', "-").to_ascii_lowercase();
    let name = plain(name);
    let alike = known.map(|known| (strsim::jaro_winkler(&plain(known), &name), known));
    alike
        .filter(|(alike, _)| *alike > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

impl Kind {
    /// Reports what of a value does not fit.
    pub fn check(self, value: &Value, path: &str, faults: &mut Vec<Fault>) {
        let text = |form: Form, value: &Value| value.text().is_some_and(|text| form.fits(text));
        let fits = match (self, &value.data) {
            (Self::Bool, Data::Bool(_)) | (Self::Free, _) => true,
            (Self::Integer(least), Data::Integer(number)) => *number >= least,
            (Self::Text(form), _) => text(form, value),
            (Self::Texts(form), Data::Array(items)) => {
                for item in items.iter().filter(|item| !text(form, item)) {
                    faults.push(Fault::value(item.span, path, self.wanted_inside(), item));
                }
                true
            }
            (Self::Size, Data::Integer(bytes)) => *bytes >= 0,
            (Self::Size, Data::Text(text)) => scalar::size(text).is_ok(),
            (Self::Duration, Data::Integer(seconds)) => *seconds >= 0,
            (Self::Duration, Data::Text(text)) => scalar::duration(text).is_ok(),
            (Self::Date, Data::Date(date) | Data::Text(date)) => {
                clock::parse_rfc3339(date).is_some()
            }
            (Self::Table(keys), Data::Table(table)) => {
                check(keys, table, path, faults);
                true
            }
            (Self::List(keys), Data::Array(items)) => {
                for item in items {
                    Self::Table(keys).check(item, path, faults);
                }
                true
            }
            (Self::Map(kind), Data::Table(table)) => {
                for item in table.items() {
                    kind.check(&item.value, &format!("{path}.\"{}\"", item.name), faults);
                }
                true
            }
            (Self::Lints, Data::Table(table)) => {
                for item in table.items() {
                    let path = format!("{path}.\"{}\"", item.name);
                    match item.value.table() {
                        // What is no rule is one fault.
                        _ if Selector::known(&item.name).is_none() => {}
                        Some(table) if table.get("level").is_none() => {
                            faults.push(Fault::empty(item.value.span, &path, "it says no level"));
                        }
                        Some(table) => check(LINT, table, &path, faults),
                        None => Self::Text(Form::OneOf(LEVELS)).check(&item.value, &path, faults),
                    }
                }
                true
            }
            _ => false,
        };
        if !fits {
            faults.push(Fault::value(value.span, path, self.wanted(), value));
        }
    }

    fn wanted(self) -> String {
        match self {
            Self::Bool => "`true` or `false`".into(),
            Self::Integer(least) => format!("an integer from {least} on"),
            Self::Text(form) => form.wanted(),
            Self::Texts(_) => "an array of strings".into(),
            Self::Size => "a size like \"10GB\" or \"20%\"".into(),
            Self::Duration => "a duration like \"48h\"".into(),
            Self::Date => "a date like 2027-01-31".into(),
            Self::List(_) => "an array of tables".into(),
            Self::Table(_) | Self::Map(_) | Self::Lints | Self::Free => "a table".into(),
        }
    }

    fn wanted_inside(self) -> String {
        match self {
            Self::Texts(form) => form.wanted(),
            kind => kind.wanted(),
        }
    }

    fn schema(self) -> Json {
        match self {
            Self::Bool => json!({ "type": "boolean" }),
            Self::Integer(least) => json!({ "type": "integer", "minimum": least }),
            Self::Text(form) => form.schema(),
            Self::Texts(form) => json!({ "type": "array", "items": form.schema() }),
            Self::Size | Self::Duration => json!({ "type": ["string", "integer"] }),
            // TOML's own dates come to a schema as strings.
            Self::Date => json!({ "type": "string" }),
            Self::Table(keys) => object(keys),
            Self::List(keys) => json!({ "type": "array", "items": object(keys) }),
            Self::Map(kind) => json!({ "type": "object", "additionalProperties": kind.schema() }),
            Self::Lints => json!({
                "type": "object",
                "additionalProperties": {
                    "anyOf": [Form::OneOf(LEVELS).schema(), object(LINT)],
                },
            }),
            Self::Free => json!({}),
        }
    }
}

impl Form {
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(known) => known.contains(&text),
            Self::Checked(_, check) => check(text),
        }
    }

    fn wanted(self) -> String {
        match self {
            Self::Any => "a string".into(),
            Self::OneOf(known) => format!("one of \"{}\"", known.join("\", \"")),
            Self::Checked(wanted, _) => wanted.into(),
        }
    }

    fn schema(self) -> Json {
        match self {
            Self::OneOf(known) => json!({ "type": "string", "enum": known }),
            Self::Any | Self::Checked(..) => json!({ "type": "string" }),
        }
    }
}

/// The JSON Schema of `bklint.toml`, draft 2020-12.
#[must_use]
pub fn json_schema() -> Json {
    let mut schema = object(ROOT);
    if let Json::Object(map) = &mut schema {
        map.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        map.insert("title".into(), "bklint.toml".into());
    }
    schema
}

fn object(keys: &[Key]) -> Json {
    let properties = keys.iter().map(|key| {
        let mut schema = key.kind.schema();
        if let Json::Object(map) = &mut schema {
            map.insert("description".into(), key.doc.into());
        }
        (key.name.to_owned(), schema)
    });
    let properties: Map<_, _> = tree(properties);
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}
