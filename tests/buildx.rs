//! Holds the model of buildx's copier against what the real one did with the recorded cases.
//!
//! `tests/oracle/buildx`: a folder a case, which is the current one of the run; `expected.json` has
//! the verdict (`ok`), the files it copied and what it wrote in place of their paths. `@CASE@`
//! stands for the folder, `@PAD:N@` for a comment of N bytes; `make` says which files were made.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bklint::copier::{CONFIG, Client, Copies, HOME, LIMIT, Look};
use bklint::decode::decode;
use bklint::levels::Levels;
use bklint::release::Releases;
use bklint::report::{FileReport, Level, Locality, Verdict};
use bklint::session::Session;
use bklint::settings::{Deploy, Files, Settings};
use bklint::source::Source;
use bklint::tree::Tree;
use bklint::world::{Memory, World};
use ring::digest::{SHA256, digest};
use serde_json::Value;

struct Case {
    name: String,
    expected: Value,
    world: Memory,
    /// The configuration; none if it is not a file of the case.
    source: Option<Vec<u8>>,
}

fn cases() -> Vec<Case> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/buildx");
    let mut folders: Vec<_> = std::fs::read_dir(top).unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    folders.iter().map(|folder| case(folder)).collect()
}

fn case(folder: &Path) -> Case {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let home = PathBuf::from(format!("/cases/{name}"));
    let mut files = BTreeMap::new();
    collect(folder, &home, &mut files);
    let expected: Value = serde_json::from_slice(&files[&home.join("expected.json")]).unwrap();
    for (path, made) in expected["make"].as_object().into_iter().flatten() {
        // Of the links, those that lead nowhere are as good as absent.
        if let Some(size) = made["size"].as_u64() {
            files.insert(home.join(path), vec![b'x'; usize::try_from(size).unwrap()]);
        }
    }
    let config = home.join(expected["arg"].as_str().unwrap());
    let source = files.get_mut(&config).map(|bytes| {
        *bytes = fill(bytes, home.to_str().unwrap());
        bytes.clone()
    });
    let world = Memory { files, cwd: Some(home), ..Memory::default() };
    Case { name, expected, world, source }
}

fn collect(from: &Path, to: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            collect(&path, &to, files);
        } else {
            files.insert(to, std::fs::read(&path).unwrap());
        }
    }
}

/// Puts in what the placeholders stand for; byte by byte, since not all cases are UTF-8.
fn fill(bytes: &[u8], home: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"@CASE@") {
            out.extend(home.as_bytes());
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"@PAD:") {
            let end = after.iter().position(|b| *b == b'@').unwrap();
            let count = std::str::from_utf8(&after[..end]).unwrap().parse().unwrap();
            out.extend(vec![b'#'; count]);
            rest = &after[end + 1..];
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

fn settings() -> Settings {
    let deploy = Some(Deploy::BuildxContainer);
    Settings { deploy, files: Files::Check, ..Settings::default() }
}

fn check(case: &Case, world: &Memory) -> Option<FileReport> {
    let bytes = case.source.clone()?;
    let session = Session::new(settings(), Levels::default(), world);
    Some(session.check(Source::new(CONFIG, bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn flag(value: &Value) -> bool {
    value.as_bool().unwrap()
}

#[test]
fn create_takes_what_the_real_one_takes() {
    let (mut judged, mut absent, mut wrong) = (0, 0, Vec::new());
    for case in cases().iter().filter(|case| !flag(&case.expected["nondeterministic"])) {
        let Some(report) = check(case, &case.world) else {
            // No such file, a folder, a device: bklint does not come to a verdict.
            let arg = case.expected["arg"].as_str().unwrap();
            let path = case.world.cwd.as_ref().unwrap().join(arg);
            assert!(case.world.read(&path, 1 << 30).is_err(), "{}", case.name);
            absent += 1;
            continue;
        };
        judged += 1;
        let ok = flag(&case.expected["ok"]);
        let said = report.findings.iter().any(|finding| finding.level == Level::Deny);
        if report.creates.as_bool() != Some(ok) {
            let error = &case.expected["error"];
            wrong.push(format!("{}: {:?}, not {ok}: {error}", case.name, report.creates));
        } else if !ok && !said {
            wrong.push(format!("{}: refused without a finding", case.name));
        }
    }
    assert_eq!((judged, absent), (88, 4));
    assert!(wrong.is_empty(), "{} of {judged} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn from_another_folder() {
    let mut judged = 0;
    for case in cases() {
        let other = &case.expected["other_cwd"];
        let elsewhere = Memory { cwd: Some("/".into()), ..case.world.clone() };
        let Some(report) = other.is_object().then(|| check(&case, &elsewhere).unwrap()) else {
            continue;
        };
        judged += 1;
        assert_eq!(report.creates.as_bool(), Some(flag(&other["ok"])), "{}", case.name);
    }
    assert_eq!(judged, 3);
}

#[test]
fn copies_have_the_names_and_bytes_of_the_real_ones() {
    let mut judged = 0;
    for case in cases().iter().filter(|case| flag(&case.expected["ok"])) {
        let Some(bytes) = case.source.clone() else { continue };
        let source = Source::new(CONFIG, bytes);
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        let settings = settings();
        let locality = Locality::Here;
        let client = Client { world: &case.world, locality, settings: &settings };
        let copies = Copies::new(&source, &tree, &decoded, &client);
        let mut files = BTreeMap::new();
        for file in &copies.files {
            assert!(matches!(file.look, Look::Fine | Look::Cut), "{}", case.name);
            let mut bytes = case.world.files[file.place.as_ref().unwrap()].clone();
            bytes.truncate(LIMIT as usize);
            let hash = hex(digest(&SHA256, &bytes).as_ref());
            files.insert(file.name.clone(), (bytes.len() as u64, hash));
        }
        // The rewritten configuration comes last.
        files.remove(CONFIG);
        let random = flag(&case.expected["nondeterministic"]);
        let theirs: BTreeMap<String, (u64, String)> = case.expected["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                let hash = file["sha256"].as_str().unwrap().to_owned();
                (file["name"].as_str().unwrap().into(), (file["size"].as_u64().unwrap(), hash))
            })
            .collect();
        if random {
            assert!(files.keys().eq(theirs.keys()), "{}", case.name);
        } else {
            assert_eq!(files, theirs, "{}", case.name);
        }
        judged += 1;
        let changed = case.expected["rewritten"]["changed"].as_object().unwrap();
        for pair in changed.values().filter_map(|pair| pair[1].as_str()) {
            let named = copies.files.iter().any(|file| format!("{HOME}/{}", file.name) == pair);
            assert!(named, "{}: {pair}", case.name);
        }
    }
    assert_eq!(judged, 66);
}

#[test]
fn chance_and_loss_are_said() {
    let mut random = 0;
    for case in cases().iter().filter(|case| flag(&case.expected["nondeterministic"])) {
        let report = check(case, &case.world).unwrap();
        let ok = flag(&case.expected["ok"]);
        assert_eq!(report.creates.as_bool(), Some(ok), "{}", case.name);
        let said = |rule| report.findings.iter().any(|finding| finding.rule == rule);
        assert!(!ok || said("deploy::certificates_overwritten"), "{}", case.name);
        random += 1;
    }
    assert_eq!(random, 4);
    for (name, rule) in [
        ("0057-keypair-same-basename", "deploy::certificates_overwritten"),
        ("0060-ca-and-cert-same-basename", "deploy::certificates_overwritten"),
        ("0084-name-dotdot-cert-named-like-config", "deploy::certificates_overwritten"),
        ("0038-ca-one-mib-and-one", "deploy::over_one_mib"),
        ("0128-config-over-one-mib-key-lost", "deploy::over_one_mib"),
        ("0104-grpc-tls-not-copied", "deploy::host_path"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/buildx").join(name);
        let case = case(&folder);
        let report = check(&case, &case.world).unwrap();
        let rules: Vec<_> = report.findings.iter().map(|finding| &*finding.rule).collect();
        assert!(rules.contains(&rule), "{name}: {rules:?}");
    }
}

#[test]
fn what_was_not_looked_at_is_not_decided() {
    let text = "[registry.\"reg.test\"]\nca = [\"/etc/ca.pem\"]\n";
    let world = Memory::default();
    let settings = Settings { files: Files::Skip, ..settings() };
    let session = Session::new(settings, Levels::default(), &world);
    let report = session.check(Source::new(CONFIG, text.into()));
    let reason = "certificates were not looked at: not this machine's file".to_owned();
    assert_eq!(report.creates, Verdict::Unknown(reason.into()));
}
