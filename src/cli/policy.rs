//! `bklint policy init|test` and `bklint config`: write, test and look at configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Answer;
use super::args::LayerArgs;
use crate::config::NAME;
use crate::config::find::{Configs, Lookup, Preset};
use crate::levels::{Levels, Wish};
use crate::order::tree;
use crate::render::{escape, plural};
use crate::report::{Impact, Level, Unchecked, Verdict};
use crate::session::Session;
use crate::settings::{Overlay, absolute};
use crate::source::{MAX_FILE, Source};
use crate::world::{Kind, World};

/// Folders of cases nested deeper are not searched.
const MAX_DEPTH: usize = 16;

/// Writes a `bklint.toml` to begin with.
pub fn init(preset: &str, world: &dyn World) -> Result<Answer, String> {
    Preset::find(preset)
        .map_err(|known| format!("`{preset}` is not a preset; known are {known}"))?;
    let path = PathBuf::from(NAME);
    if world.kind(&absolute(&path, world)).is_ok() {
        return Err(format!("{NAME} is already there"));
    }
    let text = TEMPLATE.replace("PRESET", preset);
    let written = format!("wrote {NAME}\n").into_bytes();
    Ok(Answer { files: vec![(path, text.into_bytes())], written, ..Answer::default() })
}

const TEMPLATE: &str = include_str!("bklint.toml");

/// Holds the policy of a folder against its cases.
pub fn test(folder: &Path, world: &dyn World) -> Result<Answer, String> {
    let config = Lookup::File(folder.join(NAME));
    let configs = Configs::new(world, config, None, Overlay::default(), Levels::default())?;
    let session = Session::configured(configs);
    let mut out = String::new();
    let (mut cases, mut failed) = (0, 0);
    for (kind, good) in [("good", true), ("bad", false)] {
        let top = folder.join(kind);
        let mut files = Vec::new();
        gather(&top, MAX_DEPTH, world, &mut files);
        for path in files {
            let name = path.display().to_string();
            let bytes = world.read(&path, MAX_FILE).map_err(|why| format!("{name}: {why}"))?;
            // A case is judged as if it lay beside the bklint.toml, so that overrides match.
            let place = path.strip_prefix(&top).unwrap_or(&path);
            let source = Source::new(folder.join(place).display().to_string(), bytes);
            let wanted = if good { BTreeSet::new() } else { expected(&source) };
            let report = session.check(source);
            let policy = report
                .findings
                .iter()
                .filter(|finding| finding.impact == Impact::Policy && finding.level > Level::Allow);
            let found: BTreeSet<_> = tree(policy.map(|finding| finding.rule.to_string()));
            cases += 1;
            let lacking = wanted.difference(&found).map(|rule| format!("{rule} is not found"));
            let extra = found.difference(&wanted).map(|rule| format!("{rule} is found"));
            let mut wrong: Vec<_> = lacking.chain(extra).collect();
            if report.loads == Verdict::No {
                wrong.push("buildkitd refuses it".to_owned());
            }
            if !good && wanted.is_empty() {
                wrong.push("no comment `# expect: group::rule` says what is wrong".to_owned());
            }
            let policy = |one: &&Unchecked| one.impact == Some(Impact::Policy);
            for Unchecked { what, reason, .. } in report.unchecked.iter().filter(policy) {
                let open = format!("{what} is not decided: {reason}");
                _ = writeln!(out, "{}: {}", escape(&name), escape(&open));
            }
            if !wrong.is_empty() {
                failed += 1;
                _ = writeln!(out, "{}: {}", escape(&name), escape(&wrong.join(", ")));
            }
        }
    }
    for report in session.layers() {
        for finding in &report.findings {
            failed += 1;
            let at = report.source.position(finding.span.start);
            let (name, line) = (escape(report.source.name()), at.line);
            _ = writeln!(out, "{name}:{line}: {}", escape(&finding.message));
        }
    }
    if cases == 0 {
        return Err(format!("{}: there are no cases in good or bad", folder.display()));
    }
    _ = writeln!(out, "{}, {failed} wrong", plural(cases, "case"));
    Ok(Answer { stdout: out.into_bytes(), code: u8::from(failed > 0), ..Answer::default() })
}

/// The rules that a case names in comments `# expect: group::rule, …`.
fn expected(source: &Source) -> BTreeSet<String> {
    let lines = source.text().lines();
    let lists = lines.filter_map(|line| {
        line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("expect:")
    });
    let names = lists.flat_map(|list| list.split(',')).map(|name| name.trim().to_owned());
    tree(names.filter(|name| !name.is_empty()))
}

fn gather(folder: &Path, depth: usize, world: &dyn World, files: &mut Vec<PathBuf>) {
    for entry in world.list(folder).unwrap_or_default() {
        let path = folder.join(&entry.name);
        match entry.kind {
            Some(Kind::Folder) if depth > 0 => gather(&path, depth - 1, world, files),
            Some(Kind::File) if path.extension().is_some_and(|end| end == "toml") => {
                files.push(path);
            }
            _ => {}
        }
    }
}

/// What holds for a file, and where that is said.
pub fn config(file: &Path, layers: &LayerArgs, world: &dyn World) -> Result<Answer, String> {
    let configs = layers.layered(Overlay::default(), Levels::default(), world)?;
    let path = absolute(file, world);
    let mut out = String::new();
    let mut line = |what: &str, value: &str, place: &str| {
        _ = writeln!(out, "{what:9} {:40} {}", escape(value), escape(place));
    };
    let stack = configs.stack(&path);
    let counting = stack.layers.iter().map(|layer| (false, layer));
    let counting: Vec<_> =
        counting.chain(configs.policy().layers.iter().map(|l| (true, l))).collect();
    for (bound, layer) in &counting {
        let beside = layer.folder.as_os_str().is_empty();
        let what = if beside { "preset" } else { "file" };
        let begins = layer.preset.as_ref().map(|(name, _)| format!("begins with {name}"));
        let binds = bound.then(|| "--policy: nothing weakens it".to_owned());
        let place: Vec<_> = begins.into_iter().chain(binds).collect();
        line(what, layer.source.name(), &place.join(", "));
    }
    let bodies = || {
        let layers = counting.iter().map(|(_, layer)| layer);
        layers.flat_map(|layer| layer.bodies(&path).map(move |body| (layer, body)))
    };
    // A later one takes the place of an earlier one.
    let settings = bodies().flat_map(|(layer, body)| {
        body.places.iter().map(move |(name, key, value)| (name, (layer, key, value)))
    });
    for (name, (layer, key, value)) in tree::<_, BTreeMap<_, _>>(settings) {
        let text = format!("{name} = {}", one_line(layer.source.slice(*value)));
        line("setting", &text, &layer.place(*key));
    }
    for (layer, body) in bodies() {
        for (entry, span) in &body.lints {
            let word = match entry.wish {
                Wish::Forbid => "forbid",
                Wish::Set(Level::Allow) => "allow",
                Wish::Set(Level::Note) => "note",
                Wish::Set(Level::Warn) => "warn",
                Wish::Set(Level::Deny) => "deny",
            };
            let cause = entry.cause.as_ref();
            let why = cause.and_then(|cause| cause.reason.clone());
            let why = why.map(|why| format!("  {why}")).unwrap_or_default();
            let place = format!("{}{why}", layer.place(*span));
            line("level", &format!("{} = {word}", entry.selector), &place);
        }
    }
    let resolved = configs.resolve(&file.display().to_string());
    let keys = resolved.policies.iter().map(|one| (&*one.id, &one.origin));
    let facts = resolved
        .facts
        .iter()
        .flat_map(|one| one.params.values.iter().map(|param| (one.rule.id, &param.origin)));
    let mut shown = BTreeSet::new();
    for (id, origin) in keys.chain(facts) {
        let mut layers = counting.iter().map(|(_, layer)| layer);
        let Some(layer) = layers.find(|layer| layer.source.name() == origin.file) else { continue };
        if shown.insert((id.to_owned(), origin.span)) {
            let text = format!("{id}: {}", one_line(layer.source.slice(origin.span)));
            line("policy", &text, &layer.place(origin.span));
        }
    }
    if out.is_empty() {
        out.push_str("no bklint.toml counts for this file\n");
    }
    let mut answer = Answer { stdout: out.into_bytes(), ..Answer::default() };
    configs.notices().iter().for_each(|notice| answer.say(notice));
    configs.errors().iter().for_each(|error| answer.fail(error));
    Ok(answer)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
