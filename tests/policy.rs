//! Policies: the examples, the wishes of the documentation, and rules of an organisation's own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;

use bklint::config::find::{Configs, Lookup};
use bklint::levels::Levels;
use bklint::page;
use bklint::report::{FileReport, Impact, Level};
use bklint::session::Session;
use bklint::settings::Overlay;
use bklint::source::Source;
use bklint::world::Memory;

const HOME: &str = env!("CARGO_MANIFEST_DIR");

fn world(config: &str) -> Memory {
    Memory {
        files: [("/w/bklint.toml".into(), config.into())].into(),
        cwd: Some("/w".into()),
        ..Memory::default()
    }
}

/// What a configuration says about a file, and what is wrong with the configuration.
fn check(config: &str, text: &str) -> (FileReport, Vec<FileReport>) {
    let world = world(config);
    let (overlay, levels) = (Overlay::default(), Levels::default());
    let configs = Configs::new(&world, Lookup::Search, None, overlay, levels).unwrap();
    let session = Session::configured(configs);
    let report = session.check(Source::new("buildkitd.toml", text.into()));
    (report, session.layers())
}

/// The keys at which policies are broken.
fn broken(config: &str, text: &str) -> Vec<String> {
    let (report, own) = check(config, text);
    let own: Vec<_> = own.iter().flat_map(|report| &report.findings).collect();
    assert!(own.is_empty(), "{config}: {own:?}");
    let policy = report.findings.iter().filter(|finding| finding.impact == Impact::Policy);
    policy.map(|finding| finding.key.clone().unwrap()).collect()
}

#[test]
fn the_examples_pass_their_own_tests() {
    for name in ["bank", "platform", "shop"] {
        let folder = Path::new("examples/policies").join(name);
        let output = Command::new(env!("CARGO_BIN_EXE_bklint"))
            .args(["policy", "test"])
            .arg(&folder)
            .current_dir(HOME)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {text}");
        assert!(text.ends_with(" 0 wrong\n"), "{name}: {text}");
    }
}

#[test]
fn twenty_five_wishes_can_be_expressed() {
    let text = std::fs::read_to_string(Path::new(HOME).join("docs/policies.md")).unwrap();
    let fences = page::fences(&text).filter(|fence| fence.has("config") || fence.has("bad"));
    let fences: Vec<_> = fences.collect();
    assert_eq!(fences.len(), 50);
    for pair in fences.chunks(2) {
        let (config, bad) = (pair[0].text, pair[1].text);
        assert!(!broken(config, bad).is_empty(), "{config}\ncatches nothing in\n{bad}");
    }
}

fn rule(key: &str, rest: &str) -> String {
    format!("[[policy.rule]]\nid = \"corp::rule\"\nkey = '{key}'\n{rest}\n")
}

#[test]
fn values_are_compared_as_they_count() {
    let quay = rule("registry.*.mirrors[each]", "must = { \":host\" = \"quay.io\" }");
    let mirrors = |list: &str| format!("[registry.\"docker.io\"]\nmirrors = [{list}]\n");
    let first = "registry.\"docker.io\".mirrors[0]";
    assert!(broken(&quay, &mirrors("\"https://quay.io\", \"quay.io:443/x\"")).is_empty());
    assert_eq!(broken(&quay, &mirrors("\"quay.io.evil.example\"")), [first]);
    let deny = rule("registry.*.mirrors[each]", "must = { \".\" = { unlike = \"quay.io\" } }");
    assert_eq!(broken(&deny, &mirrors("\"https://quay.io\"")), [first]);
    assert_eq!(broken(&deny, &mirrors("\"http://user@quay.io/v2\"")), [first]);

    for same in ["quay.io.", "QUAY.io:443", "quay.io.:443/x"] {
        assert_eq!(broken(&deny, &mirrors(&format!("\"{same}\""))), [first], "{same}");
    }

    let bounded = rule("worker.used", "must = { max-parallelism = { max = 8 } }");
    assert_eq!(broken(&bounded, ""), ["worker.oci.max-parallelism"]);
    assert!(broken(&bounded, "[worker.oci]\nmax-parallelism = 8\n").is_empty());
    let other = "[worker.oci]\nenabled = false\n[worker.containerd]\nmax-parallelism = 9\n";
    assert_eq!(broken(&bounded, other), ["worker.containerd.max-parallelism"]);
}

#[test]
fn indices_choose_elements() {
    let text = "[registry.\"docker.io\"]\nmirrors = [\"a.example\", \"b.example\"]\n";
    let key = |index: &str| format!("registry.\"docker.io\".mirrors[{index}]");
    let is_a = "must = { \".\" = \"a.example\" }";
    for (index, places) in [("first", 0), ("last", 1), ("each", 1), ("any", 0)] {
        assert_eq!(broken(&rule(&key(index), is_a), text).len(), places, "{index}");
    }
    // What is not there is not the first one either, while all of none is fine.
    for (index, places) in [("first", 1), ("last", 1), ("each", 0)] {
        assert_eq!(broken(&rule(&key(index), is_a), "").len(), places, "{index}");
    }
    let any = rule("registry.\"docker.io\"", "must = { \"mirrors[any]\" = \"a.example\" }");
    assert!(broken(&any, text).is_empty());
    assert_eq!(broken(&any, "").len(), 1);
}

#[test]
fn conditions_and_cases() {
    let tls = rule(
        "grpc",
        "when = { \"address[any]:scheme\" = \"tcp\" }\n\
         must = { \"tls.ca\" = { set = true }, \"tls.cert\" = { set = true } }",
    );
    assert!(broken(&tls, "").is_empty());
    let listens = "[grpc]\naddress = [\"unix:///x\", \"tcp://[::1]:1\"]\n";
    assert_eq!(broken(&tls, listens), ["grpc.tls.ca", "grpc.tls.cert"]);
    let either = rule(
        "log",
        "when = { any = [{ level = \"debug\" }, { level = \"trace\" }] }\nmust = { format = \"json\" }",
    );
    assert!(broken(&either, "[log]\nlevel = \"info\"\n").is_empty());
    assert_eq!(broken(&either, "[log]\nlevel = \"trace\"\n"), ["log.format"]);
    let unique = rule("registry.*", "must = { mirrors = { unique = true } }");
    let twice = "[registry.x]\nmirrors = [\"a\", \"b\", \"a\"]\n";
    assert_eq!(broken(&unique, twice), ["registry.x.mirrors"]);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let config = rule("worker.oci", "must = { maxUsedSpace = { max = \"200GB\" } }");
    let (report, _) = check(&config, "[worker.oci]\nmaxUsedSpace = \"50%\"\n");
    assert!(report.findings.iter().all(|finding| finding.rule != "corp::rule"));
    let what = "corp::rule on `worker.oci.maxUsedSpace`";
    assert!(report.unchecked.iter().any(|one| one.what == what), "{:?}", report.unchecked);
}

#[test]
fn what_policies_cannot_see_is_told() {
    let undecided = |config: &str, text: &str| {
        let (report, own) = check(config, text);
        assert!(own.is_empty(), "{config}");
        let policies = report.unchecked.into_iter().filter(|one| one.what.starts_with("policy::"));
        policies.map(|one| format!("{}: {}", one.what, one.reason)).collect::<Vec<_>>()
    };
    let release = "[policy.release]\nmin = \"0.17\"\n";
    assert_eq!(
        undecided(release, ""),
        ["policy::release on `buildkit`: needs --buildkit, or `[deployment]`"]
    );
    let said = format!("[deployment]\nbuildkit = \"0.17\"\n{release}");
    assert!(undecided(&said, "").is_empty());
    let image = "[deployment]\ndeploy = \"buildx-container\"\n\
                 buildx-args = [\"--driver-opt image=moby/buildkit:v0.12.0\"]\n";
    let (report, _) = check(&format!("{image}{release}"), "");
    let found = report.findings.iter().find(|finding| finding.rule == "policy::release").unwrap();
    assert_eq!(found.message, "release is v0.12, expected v0.17 or newer");

    let tls = "[grpc]\naddress = [\"tcp://0.0.0.0:1\"]\ntls = { cert = \"/c\", key = \"/k\" }\n";
    let elsewhere = "not this machine's file";
    assert_eq!(
        undecided("[policy.key-mode]\nmax = \"600\"\n", tls),
        [format!("policy::key_mode on `grpc.tls.key`: {elsewhere}")]
    );
    let strength = "[policy.key-strength]\nallow = []\n";
    assert_eq!(
        undecided(strength, tls),
        [format!("policy::key_strength on `grpc.tls.cert`: {elsewhere}")]
    );
    let flag = "[deployment]\ndaemon-args = [\"--tlscert=/x\"]\n";
    assert_eq!(
        undecided(&format!("{flag}{strength}"), tls),
        ["policy::key_strength on `grpc.tls.cert`: the file of --tlscert=/x is not looked at"]
    );
    let copy = "[deployment]\nroot = \"root\"\n[policy.key-mode]\nmax = \"0\"\n";
    let mut world = world(copy);
    world.files.insert("/w/root/k".into(), Vec::new());
    let configs = Configs::new(&world, Lookup::Search, None, Overlay::default(), Levels::default());
    let session = Session::configured(configs.unwrap());
    let report = session.check(Source::new("buildkitd.toml", tls.into()));
    assert!(report.unchecked.iter().any(|one| one.reason == "only a copy of it was looked at"));
}

#[test]
fn bad_policies_do_not_pass_silently() {
    for (config, rules) in [
        (rule("registry.*.mirror", "must = { \".\" = \"x\" }"), "bklint::policy_key"),
        (rule("grpc", "must = { adress = { set = true } }"), "bklint::policy_key"),
        (rule("debug", "must = { \".\" = \"x\" }"), "bklint::policy_condition"),
        (rule("debug", "must = { \".\" = { like = \"x\" } }"), "bklint::policy_condition"),
        (rule("debug", "must = {}"), "bklint::policy_condition"),
        (
            rule("worker.oci", "must = { maxUsedSpace = { min = \"2GB\", max = \"1GB\" } }"),
            "bklint::policy_condition",
        ),
        (
            rule("log", "must = { level = { set = false, like = \"x\" } }"),
            "bklint::policy_condition",
        ),
        (rule("log", "musst = {}"), "bklint::policy_rule"),
        ("[policy.keys]\nrequired = [\"grpc.adress\"]\n".to_owned(), "bklint::policy_key"),
        ("[policy.mirors]\nallow = []\n".to_owned(), "bklint::config_key"),
        ("[policy.key-mode]\nmax = \"rw\"\n".to_owned(), "bklint::config_value"),
        ("[policy.key-strength]\nallow = [\"p225\"]\n".to_owned(), "bklint::config_value"),
        ("[policy.release]\nmin = \"new\"\n".to_owned(), "bklint::config_value"),
        ("[lints]\n\"corp::x\" = \"note\"\n".to_owned(), "bklint::unknown_rule"),
    ] {
        let (_, own) = check(&config, "");
        let found = own.iter().flat_map(|report| &report.findings);
        let found: Vec<_> = found.map(|finding| &*finding.rule).collect();
        assert!(found.contains(&rules), "{config}: {found:?}");
    }
}

#[test]
fn nothing_weakens_the_policy_of_the_run() {
    let mut world = world(
        "[policy.mirrors]\nallow = [\"**\"]\n[lints]\n\"policy::mirrors\" = \"allow\"\n\
         \"corp::rule\" = \"allow\"\n[[policy.rule]]\nid = \"corp::rule\"\nkey = \"log\"\n\
         must = { format = \"json\" }\nlevel = \"note\"\n",
    );
    let policy = "[policy.mirrors]\nallow = []\n".to_owned()
        + &rule("log", "must = { format = \"json\" }\nlevel = \"warn\"");
    world.files.insert("/p.toml".into(), policy.into());
    let (overlay, levels) = (Overlay::default(), Levels::default());
    let policy = Some(Path::new("/p.toml"));
    let configs = Configs::new(&world, Lookup::Search, policy, overlay, levels).unwrap();
    let session = Session::configured(configs);
    let text = "# bklint: allow-file(policy::*, corp::*) -- no\n\
        [registry.\"docker.io\"]\nmirrors = [\"a.example\"]\n";
    let report = session.check(Source::new("buildkitd.toml", text.into()));
    let level = |rule: &str| {
        report.findings.iter().find(|finding| finding.rule == rule).map(|finding| finding.level)
    };
    assert_eq!(level("policy::mirrors"), Some(Level::Deny));
    assert_eq!(level("corp::rule"), Some(Level::Warn));
    assert_eq!(level("bklint::weakened"), Some(Level::Warn));
}
