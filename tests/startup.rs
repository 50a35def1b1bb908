//! Holds the verdict on a start against what the real daemon did with the recorded cases.
//!
//! `tests/oracle/startup/verdicts.jsonl`: one line a case. `verdict` is `started`,
//! `startup-error` or `load-error`; `setup` are files that lay in `@DIR@`, the current folder;
//! `env_dependent` says that another machine may give another verdict.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "support/snapshots.rs"]
mod snapshots;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bklint::levels::Levels;
use bklint::report::{FileReport, Finding, Impact, Verdict};
use bklint::session::Session;
use bklint::settings::{Files, Settings};
use bklint::source::Source;
use bklint::world::Memory;
use serde_json::Value;
use snapshots::snapshots;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/startup");

fn cases() -> Vec<Value> {
    let verdicts = std::fs::read_to_string(format!("{FOLDER}/verdicts.jsonl")).unwrap();
    verdicts.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The machine that the cases were recorded on, as far as a case could notice.
fn machine(case: &Value) -> Memory {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for entry in std::fs::read_dir(format!("{FOLDER}/certs")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        files.insert(format!("/certs/{name}").into(), std::fs::read(entry.path()).unwrap());
    }
    files.insert("/etc/hostname".into(), b"host\n".to_vec());
    let programs = ["/usr/sbin/runc", "/usr/bin/true", "/cnibin/bridge", "/cnibin/loopback"];
    for program in programs.into_iter().chain(["/cnibin/host-local", "/cnibin/firewall"]) {
        files.insert(program.into(), Vec::new());
    }
    let programs: BTreeSet<_> = files
        .keys()
        .filter(|path| path.starts_with("/usr") || path.starts_with("/cnibin"))
        .cloned()
        .collect();
    for (name, text) in case["setup"].as_object().into_iter().flatten() {
        match text.as_str() {
            Some(text) => files.insert(format!("/dir/{name}").into(), text.into()),
            // A folder is there as soon as something is in it.
            None => files.insert(format!("/dir/{name}/.keep").into(), Vec::new()),
        };
    }
    Memory {
        files,
        programs,
        env: [("PATH".to_owned(), "/usr/sbin:/usr/bin:/sbin:/bin".to_owned())].into(),
        cwd: Some("/dir".into()),
        ..Memory::default()
    }
}

fn check(case: &Value) -> FileReport {
    let name = case["case"].as_str().unwrap();
    let text = std::fs::read_to_string(format!("{FOLDER}/cases/{name}.toml")).unwrap();
    let text =
        text.replace("@CERTS@", "/certs").replace("@DIR@", "/dir").replace("@CNIBIN@", "/cnibin");
    let world = machine(case);
    let settings = Settings { files: Files::Check, ..Settings::default() };
    Session::new(settings, Levels::default(), &world).check(Source::new(name, text.into()))
}

#[test]
fn verdicts_equal_the_real_daemons() {
    let (mut wrong, mut open, mut equal) = (Vec::new(), Vec::new(), 0);
    for case in cases() {
        let name = case["case"].as_str().unwrap();
        let report = check(&case);
        let started = case["verdict"] == "started";
        let stops = |finding: &&Finding| matches!(finding.impact, Impact::Start | Impact::Load);
        let rules: Vec<_> = report.findings.iter().filter(stops).map(|found| &found.rule).collect();
        match report.starts {
            // A verdict is explained: a finding says what stops the daemon, and none does so
            // where it starts.
            Verdict::Yes if started && rules.is_empty() => equal += 1,
            Verdict::No if !started && !rules.is_empty() => equal += 1,
            Verdict::Unknown(reason) if case["env_dependent"] == true => {
                open.push(format!("{name}: {reason}"));
            }
            starts => {
                wrong.push(format!("{name}: {starts:?} for {rules:?}, not {}", case["verdict"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(equal + open.len(), 326);
    snapshots("startup").bind(|| insta::assert_snapshot!("left_open", open.join("\n")));
}
