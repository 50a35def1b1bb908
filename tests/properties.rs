//! What does not change what bklint says. `docs/robustness.md` states these properties; each is
//! held here over the files that the real loader was asked about.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use bklint::fix::fix;
use bklint::levels::{Levels, Wish};
use bklint::report::{Applicability, FileReport, Verdict};
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::tree::{NodeKind, Quote, Tree, unquote};
use bklint::world::Memory;
use serde_json::Value;

/// All cases of the loader that are UTF-8: the name, the text, and whether it loads.
fn cases() -> Vec<(String, String, bool)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    let verdicts = std::fs::read_to_string(format!("{folder}/verdicts.jsonl")).unwrap();
    let cases = verdicts.lines().filter_map(|line| {
        let verdict: Value = serde_json::from_str(line).unwrap();
        let name = verdict["case"].as_str().unwrap().to_owned();
        let text = std::fs::read(format!("{folder}/cases/{name}.toml")).unwrap();
        Some((name, String::from_utf8(text).ok()?, verdict["ok"] == true))
    });
    cases.collect()
}

/// The same but for those that end with a carriage return: text behind it may make it a line end.
fn open_cases() -> impl Iterator<Item = (String, String, bool)> {
    cases().into_iter().filter(|(_, text, _)| !text.ends_with('\r'))
}

/// Those that load and that line by line mean what they mean: no value goes over several lines,
/// and no carriage return stands anywhere.
fn plain_cases() -> Vec<(String, String)> {
    let plain =
        |text: &str| !["\"\"\"", "'''", "\r", "\u{feff}"].iter().any(|mark| text.contains(mark));
    let cases = cases().into_iter().filter(|(_, text, ok)| *ok && plain(text));
    cases.map(|(name, text, _)| (name, text)).collect()
}

/// What the decoder makes of a text.
fn answer(text: &str) -> Value {
    let source = Source::new("x", text.into());
    support::answer(&source, &Tree::parse(&source))
}

fn loads(text: &str) -> bool {
    answer(text)["ok"] == true
}

fn check(name: &str, text: &str) -> FileReport {
    check_by(name, text, Levels::default())
}

fn check_by(name: &str, text: &str, levels: Levels) -> FileReport {
    let world = Memory::default();
    Session::new(Settings::default(), levels, &world).check(Source::new(name, text.into()))
}

/// The findings without their places, sorted.
fn findings(text: &str) -> Vec<(String, String, Option<String>)> {
    let report = check("x", text);
    let mut all: Vec<_> = report
        .findings
        .into_iter()
        .map(|finding| (finding.rule.into_owned(), finding.message.into_owned(), finding.key))
        .collect();
    all.sort();
    all
}

/// Fails with the names of the cases for which something is found.
fn none(cases: impl IntoIterator<Item = (String, String)>) {
    let wrong: Vec<_> = cases.into_iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_load_verdict_does_not_depend_on_comments() {
    none(open_cases().filter_map(|(name, text, ok)| {
        // A byte-order mark has to come first.
        let above = if text.starts_with('\u{feff}') { "" } else { "# ä ' \"\"\" [ {\n" };
        let text = format!("{above}{text}\n# bklint ] }} = '''\n");
        (loads(&text) != ok).then_some((name, text))
    }));
}

#[test]
fn the_load_verdict_does_not_depend_on_line_ends() {
    none(cases().into_iter().filter_map(|(name, text, ok)| {
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        (loads(&text) != ok).then(|| (name, format!("{text:?}")))
    }));
}

#[test]
fn the_load_verdict_does_not_depend_on_an_unrelated_table() {
    none(open_cases().filter_map(|(name, text, ok)| {
        let text = format!("{text}\n[zzz-unrelated]\nx = 1\n");
        (loads(&text) != ok).then_some((name, text))
    }));
}

#[test]
fn an_unrelated_table_takes_no_finding_away() {
    none(plain_cases().into_iter().step_by(4).filter_map(|(name, text)| {
        let mut more = findings(&format!("{text}\n[zzz-unrelated]\nx = 1\n"));
        more.retain(|(.., key)| !key.as_deref().unwrap_or_default().starts_with("zzz-unrelated"));
        let before = findings(&text);
        (before != more).then(|| (name, format!("{before:#?} {more:#?}")))
    }));
}

/// The text with its tables in reverse, those of one first name together and in their order; none
/// if there are not two.
fn turned(text: &str) -> Option<String> {
    let source = Source::new("x", text.into());
    let tree = Tree::parse(&source);
    let headers: Vec<_> = tree
        .top()
        .filter_map(|(_, node)| match &node.kind {
            NodeKind::Header { keys, .. } => {
                let first = tree.path(keys).first()?;
                let name = unquote(source.slice(first.span), first.quote).into_owned();
                let line = source.line_span(source.line_index(node.span.start)).start;
                Some((name, line as usize))
            }
            _ => None,
        })
        .collect();
    let ends = headers.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
    let mut groups: Vec<(&str, String)> = Vec::new();
    for ((name, start), end) in headers.iter().zip(ends) {
        let section = format!("{}\n", text.get(*start..end)?);
        // Without regard to case, as the decoder looks names up.
        match groups.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, group)) => group.push_str(&section),
            None => groups.push((name, section)),
        }
    }
    let front = text.get(..headers.first()?.1)?;
    let turned = groups.iter().rev().map(|(_, group)| group.as_str());
    (groups.len() > 1).then(|| std::iter::once(front).chain(turned).collect())
}

#[test]
fn the_order_of_unrelated_tables_means_nothing() {
    // Most cases are about one table, so two of them make a file.
    let cases = plain_cases();
    let behind = cases.iter().skip(7);
    let files = cases.iter().zip(behind).map(|(one, other)| {
        (format!("{} and {}", one.0, other.0), format!("{}\n{}\n", one.1, other.1))
    });
    let mut count = 0;
    none(files.filter(|(_, text)| loads(text)).filter_map(|(name, text)| {
        let turned = turned(&text)?;
        count += 1;
        let (before, after) = (answer(&text), answer(&turned));
        let same = before["ok"] == after["ok"] && before["config"] == after["config"];
        let (found, later) = (findings(&text), findings(&turned));
        (!same || found != later).then(|| (name, format!("{turned}{found:#?} {later:#?}")))
    }));
    assert!(count >= 40, "only {count} cases have unrelated tables");
}

#[test]
fn indentation_means_nothing() {
    none(plain_cases().into_iter().step_by(4).filter_map(|(name, text)| {
        let mut indented = String::new();
        for (at, line) in text.lines().enumerate() {
            indented += &"\t   "[..at % 4];
            indented += line.trim_start_matches([' ', '\t']);
            indented.push('\n');
        }
        let (before, after) = (findings(&text), findings(&indented));
        (before != after).then(|| (name, format!("{indented}{before:#?} {after:#?}")))
    }));
}

#[test]
fn the_quotes_of_a_key_mean_nothing() {
    let mut count = 0;
    none(plain_cases().into_iter().filter_map(|(name, text)| {
        let source = Source::new("x", text.clone().into());
        let tree = Tree::parse(&source);
        let mut keys = Vec::<&bklint::tree::Key>::new();
        for node in &tree.nodes {
            if let NodeKind::Header { keys: path, .. } | NodeKind::Pair { keys: path } = &node.kind
            {
                keys.extend(tree.path(path).iter().filter(|key| key.quote == Quote::None));
            }
        }
        keys.sort_by_key(|key| std::cmp::Reverse(key.span.start));
        let mut quoted = text.clone();
        for key in keys {
            quoted.replace_range(key.span.range(), &format!("\"{}\"", source.slice(key.span)));
        }
        count += usize::from(quoted != text);
        let (before, after) = (answer(&text), answer(&quoted));
        let paths = |answer: &Value| -> Vec<String> {
            answer["unknown"].as_array().unwrap().iter().map(|one| one["key"].to_string()).collect()
        };
        let same = before["config"] == after["config"] && paths(&before) == paths(&after);
        (!same).then_some((name, quoted))
    }));
    assert!(count > 400, "only {count} cases have bare keys");
}

#[test]
fn a_table_may_be_written_in_several_ways() {
    for group in [
        &[
            "[worker.oci]\ngc = true\nmax-parallelism = 4\n",
            "worker.oci.gc = true\nworker.oci.max-parallelism = 4\n",
            "[worker]\noci = { gc = true, max-parallelism = 4 }\n",
            "[worker]\noci.gc = true\noci.max-parallelism = 4\n",
            "worker = { oci.gc = true, oci.max-parallelism = 4 }\n",
        ][..],
        &[
            "[registry.\"docker.io\"]\nmirrors = [\"http://m.io\"]\nhttp = true\n",
            "registry.\"docker.io\" = { mirrors = [\"http://m.io\"], http = true }\n",
            "registry.\"docker.io\".mirrors = [\"http://m.io\"]\nregistry.\"docker.io\".http = true\n",
        ],
        &[
            "[[worker.oci.gcpolicy]]\nall = true\nkeepBytes = 1000\n",
            "[worker.oci]\ngcpolicy = [{ all = true, keepBytes = 1000 }]\n",
        ],
        &["[grpc.tls]\ncert = \"/c.pem\"\n", "[grpc]\ntls = { cert = \"/c.pem\" }\n"],
    ] {
        let found = |text: &str| -> Vec<_> {
            findings(text).into_iter().map(|(rule, message, _)| (rule, message)).collect()
        };
        let (first, rest) = group.split_first().unwrap();
        for other in rest {
            assert_eq!(answer(first)["config"], answer(other)["config"], "{other}");
            assert_eq!(found(first), found(other), "{other}");
        }
    }
}

#[test]
fn the_name_of_a_file_means_nothing() {
    none(cases().into_iter().step_by(8).filter_map(|(name, text, _)| {
        let one = check("a.toml", &text);
        let other = check("some/where/ü else.txt", &text);
        let same = one.findings == other.findings
            && (&one.loads, &one.starts) == (&other.loads, &other.starts);
        (!same).then_some((name, text))
    }));
}

#[test]
fn levels_change_no_verdict() {
    let levels = |wish| {
        let mut levels = Levels::default();
        for rule in bklint::rules::RULES {
            levels.push(wish, rule.id).unwrap();
        }
        levels
    };
    let allow = levels(Wish::parse("allow").unwrap());
    let forbid = levels(Wish::Forbid);
    none(cases().into_iter().step_by(8).filter_map(|(name, text, ok)| {
        let verdicts = |report: FileReport| (report.loads, report.starts, report.creates);
        let before = verdicts(check("x", &text));
        let same = before.0 == if ok { Verdict::Yes } else { Verdict::No }
            && verdicts(check_by("x", &text, allow.clone())) == before
            && verdicts(check_by("x", &text, forbid.clone())) == before;
        (!same).then_some((name, text))
    }));
}

#[test]
fn fixing_ends_and_leaves_clean_files_alone() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    none(cases().into_iter().step_by(16).filter_map(|(name, text, _)| {
        let mend = |bytes: &[u8]| fix(&session, "x", bytes.to_vec(), Applicability::Safe);
        let clean = findings(&text).is_empty();
        let once = mend(text.as_bytes());
        let twice = mend(&once.bytes);
        let touched = clean && once.bytes != text.as_bytes();
        (touched || twice.bytes != once.bytes || twice.report.fixed > 0).then_some((name, text))
    }));
}

/// The JSON report on these files, checked on so many processors: the entries and findings of each
/// file, in the order of the report.
fn run(world: &Memory, cpus: usize, files: &[String]) -> Vec<(String, Value, Vec<Value>)> {
    let world = Memory { cpus: Some(cpus), ..world.clone() };
    let args = ["bklint", "--no-config", "--format=json"].map(str::to_owned).into_iter();
    let args = args.chain(files.iter().cloned()).map(Into::into);
    let answer = bklint::cli::run(args, &world, &mut std::io::empty()).unwrap();
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let mut by_file = BTreeMap::<_, Vec<_>>::new();
    for finding in report["findings"].as_array().unwrap() {
        by_file.entry(finding["file"].to_string()).or_default().push(finding.clone());
    }
    let entries = report["files"].as_array().unwrap().iter();
    let entries = entries.map(|entry| {
        let name = entry["file"].to_string();
        (name.clone(), entry.clone(), by_file.get(&name).cloned().unwrap_or_default())
    });
    entries.collect()
}

#[test]
fn neither_order_nor_threads_change_what_is_said_of_a_file() {
    let cases: Vec<_> = cases().into_iter().step_by(20).collect();
    let files =
        cases.iter().map(|(name, text, _)| (PathBuf::from(name), text.clone().into_bytes()));
    let world = Memory { files: files.collect(), ..Memory::default() };
    let names: Vec<_> = cases.iter().map(|(name, ..)| name.clone()).collect();
    let one = run(&world, 1, &names);
    assert_eq!(one.len(), names.len());
    assert_eq!(one, run(&world, 1, &names), "the second time");
    assert_eq!(one, run(&world, 4, &names), "by four threads");
    let doubled = [&names[..], &names[..]].concat();
    assert_eq!(one, run(&world, 2, &doubled), "named twice");
    let mut turned = run(&world, 3, &names.iter().rev().cloned().collect::<Vec<_>>());
    turned.reverse();
    assert_eq!(one, turned, "in reverse");
    let alone: Vec<_> =
        names.iter().flat_map(|name| run(&world, 1, std::slice::from_ref(name))).collect();
    assert_eq!(one, alone, "alone");
}
