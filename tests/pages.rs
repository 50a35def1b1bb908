//! Every rule has a page and a file of its own, and every example on a page does what it says.
//!
//! A fence `toml bad` must fire the rule and no other but those in `also=group::name,…`; `toml
//! good` must be silent but for those; `toml fixed` must be what the fixes of the rule make of
//! the `bad` before it. Attributes set what the example is judged by: `name=`, `deploy=`,
//! `daemon-arg=`, `buildx-arg=`, `buildkit=`, `cpus=`, `memory=`, `now=`, and `files`, which lets
//! it see the fences `text file=/path` of its page; such a file can be a `pipe`, or have a
//! `mode=`. `pad=` puts a comment of that many bytes before the text. What a page cannot hold is
//! written `\r` or `\xff` in a fence
//! with `escaped`. `toml config` is the `bklint.toml` that the examples of a page are judged by.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/snapshots.rs"]
mod snapshots;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bklint::args::buildx::Create;
use bklint::args::daemon::Flags;
use bklint::clock::parse_rfc3339;
use bklint::config::find::{Configs, Lookup};
use bklint::edit::apply_all;
use bklint::levels::Levels;
use bklint::page::{self, Fence, Front};
use bklint::render::Style;
use bklint::render::human::human;
use bklint::report::Impact;
use bklint::report::{Applicability, FileReport, Finding, Level, Report, Verdict};
use bklint::rules::{RULES, Rule};
use bklint::session::Session;
use bklint::settings::{Files, Overlay, Settings, parse_memory};
use bklint::source::Source;
use bklint::world::{Kind, Machine, Memory, World};
use clap::ValueEnum;
use snapshots::snapshots;

const CONFIG: &str = "/bklint.toml";
const HOME: &str = env!("CARGO_MANIFEST_DIR");

/// Paths of the files below a folder, without the folder and the extension.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let mut stems = BTreeSet::new();
    let top = Path::new(HOME).join(folder);
    let machine = Machine::default();
    for group in machine.list(&top).unwrap() {
        if group.kind != Some(Kind::Folder) || group.name == "presets" {
            continue;
        }
        for file in machine.list(&top.join(&group.name)).unwrap() {
            let stem = file.text().strip_suffix(extension).filter(|stem| *stem != "mod");
            // What several rules of a group share is no rule.
            let text = machine.read(&top.join(&group.name).join(&file.name), 1 << 20).unwrap();
            let shared = extension == ".rs" && !String::from_utf8_lossy(&text).contains("rule!(");
            let stem = stem.filter(|_| !shared);
            stems.extend(stem.map(|stem| format!("{}::{stem}", group.text())));
        }
    }
    stems
}

#[test]
fn list_pages_and_files_agree() {
    assert!(RULES.is_sorted_by(|a, b| a.id < b.id), "RULES is not sorted by id");
    let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids, stems("rules", ".md"), "RULES and the pages differ");
    assert_eq!(ids, stems("src/rules", ".rs"), "RULES and the files differ");
}

#[test]
fn pages_are_complete() {
    for rule in RULES {
        let id = rule.id;
        let front = Front::read(rule.page).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(front.id, id);
        assert!(!front.since.is_empty(), "{id}: no `since`");
        assert!(["safe", "unsafe", "none"].contains(&front.fix), "{id}: fix = {}", front.fix);
        for need in &front.needs {
            assert!(["files", "clock", "deployment", "release"].contains(need), "{id}: {need}");
        }
        let pedantic = front.groups.contains(&"pedantic");
        assert!(!pedantic || front.level == Level::Allow, "{id}: pedantic, but not allowed");
        let summary = page::summary(rule.page);
        assert!(
            summary.ends_with('.'),
            "{id}: the page does not begin with a sentence in one line"
        );
        for heading in ["What happens", "Why it matters", "Example", "References"] {
            let heading = format!("\n## {heading}\n");
            assert!(rule.page.contains(&heading), "{id}: no{}", heading.trim_end());
        }
        for kind in ["bad", "good"] {
            let found = page::fences(rule.page).any(|fence| is(&fence, kind));
            assert!(found, "{id}: no `{kind}` example");
        }
        assert!(!page::body(rule.page).contains("\n+++\n"), "{id}: second front matter");
    }
}

fn is(fence: &Fence<'_>, kind: &str) -> bool {
    fence.has("toml") && fence.has(kind)
}

/// An example and what it is judged by.
struct Example<'a> {
    rule: &'static Rule,
    fence: Fence<'a>,
    /// For messages and snapshots: the rule's id and the example's number.
    name: String,
}

impl Example<'_> {
    fn settings(&self) -> Settings {
        let value = |name| self.fence.value(name);
        let words = |name| value(name).into_iter().collect::<Vec<_>>();
        Settings {
            deploy: value("deploy").map(|text| ValueEnum::from_str(text, false).unwrap()),
            buildkit: value("buildkit").map_or_else(Default::default, |text| text.parse().unwrap()),
            cpus: value("cpus").map(|text| text.parse().unwrap()),
            memory: value("memory").map(|text| parse_memory(text).unwrap()),
            // A page with files is about this machine.
            files: if self.world().files.is_empty() { Files::Auto } else { Files::Check },
            daemon_args: Flags::parse(&words("daemon-arg")),
            create: Create::parse(&words("buildx-arg")).unwrap().0,
            ..Settings::default()
        }
    }

    fn world(&self) -> Memory {
        let now = self.fence.value("now").unwrap_or("2026-11-23");
        let fences = || page::fences(self.rule.page);
        let files =
            fences().filter_map(|file| Some((file.value("file")?.into(), file.text.into())));
        let files = files.chain(self.config().map(|fence| (CONFIG.into(), fence.text.into())));
        let those = |attribute| {
            let marked = fences().filter(|file| file.has(attribute));
            marked.filter_map(|file| Some(file.value("file")?.into())).collect()
        };
        Memory {
            pipes: those("pipe"),
            modes: fences()
                .filter_map(|file| {
                    let mode = u32::from_str_radix(file.value("mode")?, 8).unwrap();
                    Some((file.value("file")?.into(), mode))
                })
                .collect(),
            now: parse_rfc3339(now).unwrap_or_else(|| panic!("{}: now={now}", self.name)),
            files: files.collect(),
            programs: those("program"),
            ..Memory::default()
        }
    }

    /// The `bklint.toml` of the page.
    fn config(&self) -> Option<Fence<'_>> {
        page::fences(self.rule.page).find(|fence| is(fence, "config"))
    }

    /// What buildkitd would read.
    fn bytes(&self) -> Vec<u8> {
        if let Some(pad) = self.fence.value("pad") {
            return format!("{}\n{}", "#".repeat(pad.parse().unwrap()), self.fence.text).into();
        }
        if !self.fence.has("escaped") {
            return self.fence.text.into();
        }
        let mut parts = self.fence.text.split('\\');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (byte, rest) = match part.strip_prefix('r') {
                Some(rest) => (b'\r', rest),
                None => {
                    let hex = part.strip_prefix('x').and_then(|hex| hex.split_at_checked(2));
                    let (hex, rest) = hex.unwrap_or_else(|| panic!("{}: \\{part}", self.name));
                    (u8::from_str_radix(hex, 16).unwrap(), rest)
                }
            };
            bytes.push(byte);
            bytes.extend(rest.as_bytes());
        }
        bytes
    }

    fn check(&self, bytes: Vec<u8>) -> FileReport {
        let world = self.world();
        let session = match self.config() {
            Some(_) => {
                let lookup = Lookup::File(CONFIG.into());
                let overlay = Overlay::default();
                let configs = Configs::new(&world, lookup, None, overlay, Levels::default());
                Session::configured(configs.unwrap())
            }
            None => Session::new(self.settings(), Levels::default(), &world),
        };
        let name = self.fence.value("name").unwrap_or("buildkitd.toml");
        session.check(Source::new(name, bytes))
    }

    fn also(&self) -> BTreeSet<&str> {
        self.fence.value("also").into_iter().flat_map(|ids| ids.split(',')).collect()
    }

    /// Rules that speak, the example's own aside.
    fn others<'r>(&self, report: &'r FileReport) -> BTreeSet<&'r str> {
        shown(report).map(|finding| &*finding.rule).filter(|id| *id != self.rule.id).collect()
    }

    fn bad(&self) {
        let name = &self.name;
        let mut report = self.check(self.bytes());
        let front = self.rule.front();
        let mut own = report.findings.iter_mut().filter(|finding| finding.rule == self.rule.id);
        let Some(first) = own.next() else { panic!("{name}: does not fire") };
        if first.level == Level::Allow {
            // Advice has to be asked for before it is printed.
            assert_eq!(front.level, Level::Allow, "{name}");
            std::iter::once(first).chain(own).for_each(|finding| finding.level = Level::Warn);
        }
        assert_eq!(self.others(&report), self.also(), "{name}: other rules than in `also=`");

        let refused = report.findings.iter().any(|finding| finding.impact == Impact::Load);
        assert_eq!(report.loads == Verdict::No, refused, "{name}: verdict and findings differ");
        for fix in report.findings.iter().flat_map(|finding| &finding.fixes) {
            let mut spans = fix.edits.iter().map(|edit| edit.span);
            let apart = spans.clone().zip(spans.by_ref().skip(1)).all(|(a, b)| a.end <= b.start);
            assert!(apart, "{name}: edits of one fix overlap");
        }
        self.snapshot(report);
    }

    fn good(&self) {
        let report = self.check(self.bytes());
        // The rule itself is silent even where it has to be asked for.
        let own = report.findings.iter().filter(|finding| finding.rule == self.rule.id);
        let fired: BTreeSet<_> = shown(&report).chain(own).map(|finding| &*finding.rule).collect();
        assert_eq!(fired, self.also(), "{}: not silent", self.name);
    }

    /// Fixes until nothing changes.
    fn fixed(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.bytes()).into_owned();
        for _ in 0..10 {
            let report = self.check(text.clone().into());
            let own = report.findings.iter().filter(|finding| finding.rule == self.rule.id);
            let fixes = own.filter_map(|finding| finding.best_fix(Applicability::Unsafe));
            let next = apply_all(&text, fixes);
            if next == text {
                return text;
            }
            text = next;
        }
        panic!("{}: fixing does not come to an end", self.name)
    }

    fn best_fix(&self) -> Option<Applicability> {
        let report = self.check(self.bytes());
        let own = report.findings.iter().filter(|finding| finding.rule == self.rule.id);
        own.flat_map(|finding| &finding.fixes).map(|fix| fix.applicability).max()
    }

    fn snapshot(&self, file: FileReport) {
        let config = self.config().map(|fence| Source::new(CONFIG, fence.text.into()));
        let report = Report {
            files: vec![file],
            others: config.into_iter().map(Arc::new).collect(),
            buildkit: "0.32".into(),
            ..Report::default()
        };
        let style = Style { color: false, width: 80, verbose: true, links: false };
        let mut out = Vec::new();
        human(&report, &style, &mut out).unwrap();
        let name = self.name.replace("::", "__");
        snapshots("pages").bind(|| insta::assert_snapshot!(name, String::from_utf8(out).unwrap()));
    }
}

fn shown(report: &FileReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.level != Level::Allow)
}

#[test]
fn examples_do_what_they_say() {
    let wrong: Vec<_> = RULES
        .iter()
        .filter(|rule| std::panic::catch_unwind(|| examples(rule)).is_err())
        .map(|rule| rule.id)
        .collect();
    assert!(wrong.is_empty(), "see above: {wrong:?}");
}

fn examples(rule: &'static Rule) {
    let mut last_bad: Option<Example<'_>> = None;
    let mut best = None;
    let examples = page::fences(rule.page).filter(|fence| fence.has("toml"));
    let examples = examples.filter(|fence| !fence.has("config"));
    for (fence, number) in examples.zip(1..) {
        let name = format!("{}-{number}", rule.id);
        let example = Example { rule, fence, name };
        match () {
            () if fence.has("bad") => {
                example.bad();
                best = best.max(example.best_fix());
                last_bad = Some(example);
            }
            () if fence.has("good") => example.good(),
            () if fence.has("fixed") => {
                let bad = last_bad.take();
                let bad = bad.unwrap_or_else(|| panic!("{}: no bad before", example.name));
                assert_eq!(bad.fixed(), fence.text, "{}: is not the fixed text", example.name);
            }
            () => panic!("{}: neither bad nor good nor fixed", example.name),
        }
    }
    let offered = match best {
        Some(Applicability::Safe) => "safe",
        Some(Applicability::Unsafe) => "unsafe",
        Some(Applicability::Display) | None => "none",
    };
    assert_eq!(rule.front().fix, offered, "{}: `fix` and the examples differ", rule.id);
}
