//! `bklint.toml`: what an organisation or a repository says about its files.
//!
//! A file is read into a [`Layer`]; [`find`] decides which layers count for a linted file, and
//! [`stack`] what they come to.

pub mod document;
pub mod find;
pub mod keys;
pub mod stack;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use self::document::{Data, Item, Table, Value};
use crate::args::buildx::Create;
use crate::args::daemon::Flags;
use crate::args::split;
use crate::clock;
use crate::decode::{dotted, scalar};
use crate::glob::Glob;
use crate::levels::{Entry, Selector, Wish};
use crate::model::SECOND;
use crate::order::Order;
use crate::own::{Fault, FaultKind};
use crate::policy::{Origin, Requirement, read};
use crate::report::{SuppressedBy, Suppression};
use crate::settings::{Overlay, parse_memory};
use crate::source::{Source, Span};
use crate::version::{self, Version};

/// The name that is looked for.
pub const NAME: &str = "bklint.toml";

/// Larger ones are refused; the limit is in bytes.
pub const MAX_SIZE: u64 = 1 << 20;

/// One file of configuration.
#[derive(Debug)]
pub struct Layer {
    /// The text under the name it is reported by.
    pub source: Arc<Source>,
    /// The folder that its globs and paths are relative to.
    pub folder: PathBuf,
    /// What it begins with, as written.
    pub preset: Option<(String, Span)>,
    /// The version of bklint that the preset is pinned to.
    pub pin: Option<Version>,
    /// Presets, the one furthest down first.
    pub base: Vec<Arc<Layer>>,
    /// Further files to take from folders.
    pub include: Vec<PathGlob>,
    /// Files to pass over.
    pub exclude: Vec<PathGlob>,
    /// What holds for all files.
    pub body: Body,
    /// What holds for some.
    pub overrides: Vec<(Vec<PathGlob>, Body)>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// A parameter of a built-in policy: table, key, value, and where it stands.
pub type Param = (String, String, Value, Origin);

/// What a layer says about files.
#[derive(Debug, Default)]
pub struct Body {
    /// What they are for.
    pub deployment: Overlay,
    /// The keys of `[deployment]` and where they and their values stand.
    pub places: Vec<(String, Span, Span)>,
    /// How loudly rules speak, the broad before the narrow.
    pub lints: Vec<(Entry, Span)>,
    /// Parameters of the built-in policies.
    pub policies: Vec<Param>,
    /// The organisation's own rules.
    pub rules: Vec<Requirement>,
    /// Their ids, also of those that cannot be read.
    pub ids: Vec<String>,
}

impl Layer {
    /// Reads a file; `now` in seconds since 1970 tells what has expired. Its presets are not
    /// looked up.
    #[must_use]
    pub fn read(source: Source, folder: PathBuf, now: i64) -> Self {
        let mut layer = Self {
            folder,
            preset: None,
            pin: None,
            base: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            body: Body::default(),
            overrides: Vec::new(),
            faults: Vec::new(),
            source: Arc::new(source),
        };
        match document::read(&layer.source) {
            Ok(table) => layer.fill(&table, now),
            Err(malformed) => {
                let faults = malformed.into_iter();
                let fault = |at: document::Malformed| Fault {
                    span: at.span,
                    kind: FaultKind::Malformed(at.what),
                };
                layer.faults.extend(faults.map(fault));
            }
        }
        layer
    }

    /// Puts a preset below it, with what that begins with.
    fn begin_with(&mut self, preset: Arc<Self>) {
        self.pin = preset.pin;
        self.base.clone_from(&preset.base);
        self.base.push(preset);
    }

    fn fill(&mut self, table: &Table, now: i64) {
        keys::check(keys::ROOT, table, "", &mut self.faults);
        if let Some(value) = table.get("required-version")
            && let Some(wanted) = value.text()
            && version::requirement(wanted).is_some_and(|fits| !fits)
        {
            let kind = FaultKind::RequiredVersion { wanted: wanted.to_owned() };
            self.faults.push(Fault { span: value.span, kind });
        }
        let preset = table.get("preset");
        self.preset = preset.and_then(|value| Some((value.text()?.to_owned(), value.span)));
        self.include = globs(table.get("include"));
        self.exclude = globs(table.get("exclude"));
        self.body = self.read_body(table, now);
        for item in table.get("override").and_then(Value::array).unwrap_or_default() {
            let Some(table) = item.table() else { continue };
            let files = table.get("files");
            if files.is_none_or(|value| value.array().is_some_and(<[_]>::is_empty)) {
                let span = files.map_or(item.span, |value| value.span);
                self.faults.push(Fault::empty(span, "override.files", "it names no files"));
            }
            let body = self.read_body(table, now);
            self.overrides.push((globs(table.get("files")), body));
        }
        self.faults.order_by_key(|fault| fault.span);
    }

    fn read_body(&mut self, table: &Table, now: i64) -> Body {
        let deployment = table.get("deployment").and_then(Value::table);
        self.faults.extend(deployment.map(arguments).unwrap_or_default());
        let lints = table.get("lints").and_then(Value::table).map_or(&[][..], Table::items);
        let lints = lints.iter().filter_map(|item| self.lint(item, now));
        let mut lints: Vec<_> = lints.collect();
        // The order of keys means nothing in TOML; what is narrower counts more.
        lints.order_by(|(a, _), (b, _)| a.selector.cmp(&b.selector));
        let places = deployment.map_or(&[][..], Table::items).iter();
        let policy = table.get("policy").and_then(Value::table);
        let mut body = Body {
            places: places.flat_map(setting).collect(),
            deployment: deployment.map(|table| overlay(table, &self.folder)).unwrap_or_default(),
            lints,
            ..Body::default()
        };
        if let Some(policy) = policy {
            self.policy(policy, &mut body);
        }
        body
    }

    fn policy(&mut self, table: &Table, body: &mut Body) {
        let file = self.source.name().to_owned();
        for policy in table.items() {
            if policy.name == "rule" {
                for item in policy.value.array().unwrap_or_default() {
                    let id = item.table().and_then(|table| table.get("id"));
                    if let Some((id, span)) = id.and_then(|id| Some((id.text()?, id.span))) {
                        if body.ids.iter().any(|other| other == id) {
                            let why = format!("`{id}` is the id of another rule, too");
                            self.faults.push(Fault { span, kind: FaultKind::Policy { why } });
                        }
                        body.ids.push(id.to_owned());
                    }
                    body.rules.extend(read::rule(item, &file, &mut self.faults));
                }
            }
            for item in policy.value.table().map_or(&[][..], Table::items) {
                if policy.name == "keys" {
                    let keys = item.value.array().unwrap_or_default().iter();
                    self.faults.extend(keys.filter_map(read::unknown_key));
                }
                let origin = Origin { file: file.clone(), span: item.key.to(item.value.span) };
                let (table, key) = (policy.name.clone(), item.name.clone());
                body.policies.push((table, key, item.value.clone(), origin));
            }
        }
    }

    fn lint(&mut self, item: &Item, now: i64) -> Option<(Entry, Span)> {
        let selector = match Selector::parse(&item.name) {
            Ok(selector) => selector,
            Err(unknown) => {
                let kind = FaultKind::UnknownRule(unknown);
                self.faults.push(Fault { span: item.key, kind });
                return None;
            }
        };
        let table = item.value.table();
        let level = table.map_or(Some(&item.value), |table| table.get("level"));
        let wish = Wish::parse(level?.text()?)?;
        let field = |name| table.and_then(|table| table.get(name));
        let until = field("until").and_then(date);
        if let Some(day) = &until
            && is_past(day, now)
        {
            let what = format!("`{}`", item.name);
            let whole = self.line_of(item);
            let kind = FaultKind::Expired { what, until: day.clone(), whole };
            self.faults.push(Fault { span: item.key, kind });
            return None;
        }
        let cause = Suppression {
            kind: SuppressedBy::Config,
            place: self.place(item.key),
            reason: field("reason").and_then(Value::text).map(str::to_owned),
            until,
        };
        Some((Entry { wish, selector, cause: Some(Arc::new(cause)) }, item.key))
    }

    /// The line of an entry that has one of its own.
    fn line_of(&self, item: &Item) -> Option<Span> {
        let line = self.source.line_span(self.source.line_index(item.key.start));
        let before = self.source.slice(Span::new(line.start, item.key.start));
        let own = before.trim().is_empty() && item.value.span.end <= line.end;
        own.then(|| Span::new(line.start, self.source.next_line(item.key.start)))
    }

    /// File and line.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        format!("{}:{}", self.source.name(), self.source.position(span.start).line)
    }

    /// Whether it cannot be used at all, which is more than a finding.
    #[must_use]
    pub fn is_unusable(&self) -> Option<&'static str> {
        self.faults.iter().find_map(|fault| match fault.kind {
            FaultKind::Malformed(_) => Some("is not TOML, so none of it counts"),
            FaultKind::RequiredVersion { .. } => Some("is for another version of bklint"),
            _ => None,
        })
    }

    /// What holds for a file of that absolute path: the whole, then the overrides that name it.
    pub fn bodies<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Body> {
        let named = self.overrides.iter().filter(move |(globs, _)| self.any(globs, path));
        std::iter::once(&self.body).chain(named.map(|(_, body)| body))
    }

    /// The whole and all overrides.
    pub fn all_bodies(&self) -> impl Iterator<Item = &Body> {
        std::iter::once(&self.body).chain(self.overrides.iter().map(|(_, body)| body))
    }

    /// Whether one of its globs matches an absolute path.
    #[must_use]
    pub fn any(&self, globs: &[PathGlob], path: &Path) -> bool {
        globs.iter().any(|glob| glob.matches(path, &self.folder))
    }
}

/// A pattern for paths below a folder.
#[derive(Debug)]
pub struct PathGlob {
    glob: Glob,
    /// With a slash it is about the whole path, without one about the name alone.
    anchored: bool,
    /// It begins with `**/`, and so is about any folder.
    anywhere: bool,
}

impl PathGlob {
    fn new(text: &str) -> Option<Self> {
        let plain = text.strip_prefix("./").unwrap_or(text);
        let (anchored, plain) = match plain.strip_suffix('/') {
            Some(folder) => (true, format!("{folder}/**")),
            None => (plain.contains('/'), plain.to_owned()),
        };
        let anywhere = plain.starts_with("**/");
        Some(Self { glob: Glob::new(&plain, false)?, anchored, anywhere })
    }

    /// Whether it matches an absolute path. A policy may lie in another folder than what it is about.
    fn matches(&self, path: &Path, folder: &Path) -> bool {
        let subject = match path.strip_prefix(folder) {
            _ if !self.anchored => path.file_name().map(Path::new),
            Err(_) if self.anywhere => Some(path.strip_prefix("/").unwrap_or(path)),
            below => below.ok(),
        };
        subject.is_some_and(|subject| self.glob.matches(subject))
    }
}

/// A key of `[deployment]`, or those of a table in it, with their places.
fn setting(item: &Item) -> Vec<(String, Span, Span)> {
    let one = |name: String, item: &Item| (name, item.key, item.value.span);
    match item.value.table() {
        None => vec![one(item.name.clone(), item)],
        Some(table) => {
            let name = |inner: &Item| format!("{}.{}", item.name, dotted([&*inner.name]));
            table.items().iter().map(|inner| one(name(inner), inner)).collect()
        }
    }
}

fn globs(value: Option<&Value>) -> Vec<PathGlob> {
    let items = value.and_then(Value::array).unwrap_or_default();
    items.iter().filter_map(|item| PathGlob::new(item.text()?)).collect()
}

/// What `[deployment]` says, as far as it can be read; the rest has been reported.
fn overlay(table: &Table, folder: &Path) -> Overlay {
    let text = |name| table.get(name).and_then(Value::text);
    let number = |name| match table.get(name).map(|value| &value.data) {
        Some(Data::Integer(number)) => u32::try_from(*number).ok(),
        _ => None,
    };
    let words = |name| words(table.get(name)?).ok();
    let paths = table.get("paths").and_then(Value::table).map_or(&[][..], Table::items).iter();
    let path = |item: &Item| Some((item.name.clone().into(), folder.join(item.value.text()?)));
    Overlay {
        deploy: text("deploy").and_then(|text| ValueEnum::from_str(text, false).ok()),
        buildkit: text("buildkit").and_then(|text| text.parse().ok()),
        cpus: number("cpus"),
        memory: text("memory").and_then(|text| parse_memory(text).ok()),
        files: text("files").and_then(|text| ValueEnum::from_str(text, false).ok()),
        paths: paths.filter_map(path).collect(),
        expires_within: table.get("expires-within").and_then(seconds),
        daemon_args: words("daemon-args").map(|words| Flags::parse(&words)),
        create: words("buildx-args").and_then(|words| Some(Create::parse(&words).ok()?.0)),
        root: text("root").map(|root| folder.join(root)),
        now: None,
    }
}

/// Arguments; several may stand in one string, as a shell splits them.
fn words(value: &Value) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for item in value.array().unwrap_or_default() {
        words.extend(split(item.text().unwrap_or_default())?);
    }
    Ok(words)
}

/// What is wrong with the arguments of buildkitd and buildx.
fn arguments(table: &Table) -> Vec<Fault> {
    let flags = |words: Vec<String>| Flags::parse(&words).problems;
    let create = |words: Vec<String>| match Create::parse(&words) {
        Ok((_, problems)) => problems,
        Err(why) => vec![why],
    };
    let read = [("daemon-args", &flags as &dyn Fn(_) -> _), ("buildx-args", &create)];
    let faults = read.into_iter().flat_map(|(name, read)| {
        let value = table.get(name);
        let problems = value.map(|value| words(value).map_or_else(|why| vec![why], read));
        problems.into_iter().flatten().zip(value.into_iter().cycle()).map(move |(why, value)| {
            let kind = FaultKind::Argument { key: format!("deployment.{name}"), why };
            Fault { span: value.span, kind }
        })
    });
    faults.collect()
}

fn seconds(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Integer(seconds) => Some(*seconds),
        Data::Text(text) => scalar::duration(text).ok().map(|nanos| nanos.0 / SECOND),
        _ => None,
    }
}

/// A TOML date, or a string like one.
fn date(value: &Value) -> Option<String> {
    match &value.data {
        Data::Date(text) | Data::Text(text) => clock::parse_rfc3339(text).map(|_| text.clone()),
        _ => None,
    }
}

/// Whether the last day on which something counts is over.
#[must_use]
pub fn is_past(until: &str, now: i64) -> bool {
    let last = clock::parse_rfc3339(until);
    last.is_some_and(|last| clock::days_between(last, now) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> Layer {
        Layer::read(Source::new(NAME, text.into()), "/w".into(), 1_795_392_000)
    }

    #[test]
    fn faults_have_places() {
        let layer = layer(
            "presets = \"strict\"\n[deployment]\ncpus = 0\n[lints]\n\"gc::disabld\" = \"warn\"\n\
             \"gc::disabled\" = { level = \"loud\" }\n[[override]]\nlints = {}\n",
        );
        let places: Vec<_> =
            layer.faults.iter().map(|fault| layer.source.slice(fault.span)).collect();
        assert_eq!(
            places,
            ["presets", "0", "\"gc::disabld\"", "\"loud\"", "[[override]]"],
            "{:?}",
            layer.faults
        );
    }

    #[test]
    fn entries_end_with_their_last_day() {
        // 2026-11-23.
        let layer = layer(
            "[lints]\n\"gc::disabled\" = { level = \"allow\", until = 2026-11-23 }\n\
             \"gc::wipes_cache\" = { level = \"allow\", until = 2026-11-22 }\n",
        );
        assert_eq!(layer.body.lints.len(), 1);
        assert!(matches!(&*layer.faults, [Fault { kind: FaultKind::Expired { .. }, .. }]));
    }

    #[test]
    fn the_narrower_counts_more() {
        let layer = layer("[lints]\n\"gc::disabled\" = \"note\"\n\"gc::*\" = \"deny\"\n");
        let wishes: Vec<_> =
            layer.body.lints.iter().map(|(entry, _)| entry.selector.to_string()).collect();
        assert_eq!(wishes, ["gc::*", "gc::disabled"]);
    }

    #[test]
    fn globs_are_relative_to_the_folder() {
        let layer =
            layer("exclude = [\"fixtures/**\", \"*.old.toml\", \"old/\", \"**/gpu/*.toml\"]\n");
        for (path, excluded) in [
            ("/w/fixtures/a/b.toml", true),
            ("/w/x/fixtures/b.toml", false),
            ("/w/x/y.old.toml", true),
            ("/w/old/a.toml", true),
            ("/v/fixtures/b.toml", false),
            // These are about no folder in particular.
            ("/v/x/y.old.toml", true),
            ("/v/x/gpu/b.toml", true),
            ("/v/x/gpu/y/b.toml", false),
        ] {
            assert_eq!(layer.any(&layer.exclude, Path::new(path)), excluded, "{path}");
        }
    }
}
