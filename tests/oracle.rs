//! Holds the decoder against what buildkitd's real loader said about the recorded cases.
//!
//! `tests/oracle/load/verdicts.jsonl`: one line a case, `ok`, and for accepted ones the keys
//! without effect and the decoded configuration under its TOML names, zero values left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod support;

use bklint::source::Source;
use bklint::tree::Tree;
use serde_json::Value;

#[test]
fn verdicts_models_and_unknown_keys_equal_the_real_loaders() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    let verdicts = std::fs::read_to_string(format!("{folder}/verdicts.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in verdicts.lines() {
        let verdict: Value = serde_json::from_str(line).unwrap();
        let case = verdict["case"].as_str().unwrap();
        let bytes = std::fs::read(format!("{folder}/cases/{case}.toml")).unwrap();
        let source = Source::new(case, bytes);
        let ours = support::answer(&source, &Tree::parse(&source));
        count += 1;
        if ours["ok"] != verdict["ok"] {
            wrong.push(format!(
                "{case}: ok {} but {}: {}",
                verdict["ok"], ours["error"], verdict["error"]
            ));
        } else if verdict["ok"] == true {
            let known = |value: &Value| -> Vec<(String, u64)> {
                let list = value["unknown"].as_array().unwrap();
                let mut list: Vec<_> = list
                    .iter()
                    .map(|key| (key["key"].as_str().unwrap().into(), key["line"].as_u64().unwrap()))
                    .collect();
                list.sort();
                list
            };
            if known(&ours) != known(&verdict) {
                wrong.push(format!(
                    "{case}: unknown {:?}, not {:?}",
                    known(&verdict),
                    known(&ours)
                ));
            }
            if ours["config"] != verdict["config"] {
                wrong.push(format!(
                    "{case}: config {}\n   not {}",
                    verdict["config"], ours["config"]
                ));
            }
        } else {
            let crash = !verdict["panic"].is_null() && verdict["panic"] != false;
            if ours["panic"] != crash {
                wrong.push(format!("{case}: crashes: {crash}, but {}", ours["error"]));
            }
        }
    }
    assert!(count >= 1370, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_report_says_what_the_loader_does() {
    use bklint::levels::Levels;
    use bklint::report::{Impact, Verdict};
    use bklint::session::Session;
    use bklint::settings::Settings;
    use bklint::world::Memory;

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    let verdicts = std::fs::read_to_string(format!("{folder}/verdicts.jsonl")).unwrap();
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    for line in verdicts.lines() {
        let verdict: Value = serde_json::from_str(line).unwrap();
        let case = verdict["case"].as_str().unwrap();
        let bytes = std::fs::read(format!("{folder}/cases/{case}.toml")).unwrap();
        let report = session.check(Source::new(case, bytes));
        let ok = verdict["ok"] == true;
        assert_eq!(report.loads, if ok { Verdict::Yes } else { Verdict::No }, "{case}");
        let refused = report.findings.iter().any(|finding| finding.impact == Impact::Load);
        assert_eq!(refused, !ok, "{case}: a finding with impact load");
        for finding in &report.findings {
            assert!(finding.span.start <= finding.span.end, "{case}");
            assert!(finding.span.end as usize <= report.source.text().len(), "{case}");
        }
    }
}

/// What the loader's words say is at fault; the first entry that fits.
#[rustfmt::skip]
const WORDS: &[(&str, &[&str])] = &[
    ("TOML array table into",       &["DoubleBrackets"]),
    ("cannot decode TOML",          &["WrongType"]),
    ("cannot assign boolean",       &["WrongType"]),
    ("cannot store inline table",   &["WrongType"]),
    ("cannot store a table in",     &["SingleBrackets"]),
    ("cannot redefine table",       &["Redefined"]),
    ("already defined",             &["DuplicateKey"]),
    ("already exists as",           &["MixedBrackets", "NotATable"]),
    ("already exists",              &["DuplicateTable"]),
    ("to be a table, not",          &["NotATable"]),
    ("be a table, not a value",     &["NotATable"]),
    ("be a table, not a array",     &["MixedBrackets"]),
    ("unhandled kv part",           &["BelowScalar"]),
    ("panic: unhandled part",       &["HeaderBelowScalar"]),
    ("panic: runtime error",        &["LoneQuote"]),
    ("invalid duration",            &["Duration"]),
    ("invalid disk space",          &["Size"]),
    ("strconv.ParseInt: parsing \"", &["Size", "Integer", "WrongType"]),
    ("invalid escaped character",   &["Escape", "Syntax(UnclosedString"]),
    ("escape sequence is invalid",  &["Escape"]),
    ("non-hex character",           &["Escape"]),
    ("unicode point needs",         &["Escape"]),
    ("invalid UTF-8",               &["InvalidUtf8", "ControlCharacter"]),
    ("in comment",                  &["InvalidUtf8", "ControlCharacter", "LoneCr"]),
    ("windows new line",            &["LoneCr"]),
    ("need a \\n after",            &["LoneCr"]),
    ("timezone",                    &["Date"]),
    ("impossible date",             &["Date"]),
    ("hour cannot be",              &["Date"]),
    ("have the format",             &["Date"]),
    ("parse float",                 &["Float"]),
    ("with underscore",             &["Integer", "Float"]),
    ("cannot have underscore",      &["Float"]),
    ("start of key: \u{ef}",         &["BareKey", "ByteOrderMark"]),
    ("start of key: {",             &["Syntax(Json"]),
    ("start of key: }",             &["InlineComma"]),
    ("start of key: \n",             &["InlineNewline", "Syntax"]),
    ("expected newline",            &["NotAValue", "Syntax(Trailing"]),
    ("not terminated",              &["Syntax(UnclosedString"]),
];

#[test]
fn the_first_fault_is_what_and_where_the_loader_says() {
    use bklint::decode::decode;
    use bklint::release::Releases;

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    let verdicts = std::fs::read_to_string(format!("{folder}/verdicts.jsonl")).unwrap();
    let (mut wrong, mut worded, mut placed, mut inside) = (Vec::new(), 0, 0, 0);
    for line in verdicts.lines() {
        let verdict: Value = serde_json::from_str(line).unwrap();
        let Some(error) = verdict["error"].as_str() else { continue };
        let case = verdict["case"].as_str().unwrap();
        let bytes = std::fs::read(format!("{folder}/cases/{case}.toml")).unwrap();
        let source = Source::new(case, bytes);
        let faults = decode(&source, &Tree::parse(&source), Releases::default()).faults;
        let fault = &faults[0];
        let kind = format!("{:?}", fault.kind);
        if let Some((_, kinds)) = WORDS.iter().find(|(words, _)| error.contains(words)) {
            worded += 1;
            if !kinds.iter().any(|known| kind.starts_with(known)) {
                wrong.push(format!("{case}: {kind}, but {error}"));
            }
        }
        // 1:1 is what go-toml says where it does not know.
        let (Some(line), Some(column)) = (verdict["line"].as_u64(), verdict["column"].as_u64())
        else {
            continue;
        };
        if (line, column) == (1, 1) {
            continue;
        }
        placed += 1;
        let index = source.line_index(fault.span.start);
        if index as u64 + 1 != line {
            wrong.push(format!("{case}: line {}, but {line}: {error}", index + 1));
        }
        // Columns count bytes there; a few say where something lacks, ours what lacks it.
        let from = source.line_span(index).start;
        let columns = u64::from(fault.span.start - from) + 1..=u64::from(fault.span.end - from) + 1;
        inside += usize::from(columns.contains(&column));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((worded, placed, inside), (663, 507, 497));
}

/// go-toml v1 names a line in most errors, and one of the faults is there. What is unclosed it
/// places at the end of the text, and what is inside an inline table in line 1.
#[test]
fn older_releases_find_a_fault_where_theirs_do() {
    use bklint::decode::decode;
    use bklint::release::Releases;

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    for (release, wanted) in [("0.27.1", 709), ("0.11.6", 606)] {
        let verdicts = std::fs::read_to_string(format!("{folder}/verdicts-v{release}.jsonl"));
        let (mut same, mut wrong) = (0, Vec::new());
        for line in verdicts.unwrap().lines() {
            let verdict: Value = serde_json::from_str(line).unwrap();
            let Some(error) = verdict["error"].as_str() else { continue };
            let place = error.split_once("config: (").and_then(|(_, rest)| rest.split_once(", "));
            let Some((line, _)) = place.filter(|(line, _)| *line != "0") else { continue };
            let case = verdict["case"].as_str().unwrap();
            let bytes = std::fs::read(format!("{folder}/cases/{case}.toml")).unwrap();
            let source = Source::new(case, bytes);
            let target = Releases::only(release.parse::<Releases>().unwrap().to);
            let faults = decode(&source, &Tree::parse(&source), target).faults;
            if faults.iter().any(|fault| source.position(fault.span.start).line.to_string() == line)
            {
                same += 1;
            } else {
                wrong.push(format!("{case}: {error}: {faults:?}"));
            }
        }
        assert!(same >= wanted, "v{release}: only {same}:\n{}", wrong.join("\n"));
    }
}

/// How many verdicts about older releases must be those of the real loaders.
///
/// `tests/oracle/load/verdicts-*.jsonl` are of the same cases. What is left are lines that hang
/// together for go-toml v1 alone, such as text behind a header.
#[test]
fn older_releases_load_what_theirs_do() {
    use bklint::levels::Levels;
    use bklint::report::{Impact, Verdict};
    use bklint::session::Session;
    use bklint::settings::Settings;
    use bklint::world::Memory;

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load");
    let world = Memory::default();
    for (release, wanted) in [("0.27.1", 1361), ("0.11.6", 1361)] {
        let verdicts = std::fs::read_to_string(format!("{folder}/verdicts-v{release}.jsonl"));
        let settings = Settings { buildkit: release.parse().unwrap(), ..Settings::default() };
        let session = Session::new(settings, Levels::default(), &world);
        let (mut equal, mut wrong) = (0, Vec::new());
        for line in verdicts.unwrap().lines() {
            let verdict: Value = serde_json::from_str(line).unwrap();
            let case = verdict["case"].as_str().unwrap();
            let bytes = std::fs::read(format!("{folder}/cases/{case}.toml")).unwrap();
            let report = session.check(Source::new(case, bytes));
            let refused = report.findings.iter().any(|finding| finding.impact == Impact::Load);
            assert_eq!(report.loads == Verdict::No, refused, "{case}: a finding with impact load");
            if report.loads.as_bool() == verdict["ok"].as_bool() {
                equal += 1;
            } else {
                wrong.push(format!("{case}: {}", verdict["error"]));
            }
        }
        assert!(equal >= wanted, "v{release}: only {equal} equal:\n{}", wrong.join("\n"));
    }
}
