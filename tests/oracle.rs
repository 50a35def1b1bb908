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
            if crash && ours["panic"] != true {
                wrong.push(format!("{case}: crashes, but {}", ours["error"]));
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
