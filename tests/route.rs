//! Holds references and endpoints against what buildkitd's own resolver said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/snapshots.rs"]
mod snapshots;

use std::process::Command;

use bklint::levels::Levels;
use bklint::route::Route;
use bklint::session::Session;
use bklint::settings::{Files, Settings};
use bklint::source::Source;
use bklint::world::Memory;
use scratch::{Run, Scratch};
use serde_json::{Value, json};
use snapshots::snapshots;

#[test]
fn references_hosts_and_errors_equal_the_real_resolvers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/route/cases.jsonl");
    let world = Memory::default();
    // The resolver read the files that the cases name; there were none.
    let settings = Settings { files: Files::Check, ..Settings::default() };
    let session = Session::new(settings, Levels::default(), &world);
    let (mut wrong, mut count, mut failed) = (Vec::new(), 0, 0);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["toml"].as_str().unwrap();
        for result in case["result"].as_array().unwrap() {
            let image = result["ref"].as_str().unwrap();
            let source = Source::new("case", text.into());
            let ours = Route::follow(&session, &source, image).unwrap().json();
            let host = |host: &Value| {
                let keys = ["url", "push", "pull", "resolve", "referrers"];
                json!(keys.map(|key| host[key].clone()))
            };
            let all = |route: &Value| -> Vec<Value> {
                route["hosts"].as_array().into_iter().flatten().map(host).collect()
            };
            let same = ours["error"].is_null() == result["error"].is_null()
                && ours["domain"] == result["domain"]
                && ours["path"] == result["path"]
                && all(&ours) == all(result);
            count += 1;
            failed += usize::from(!result["error"].is_null());
            if !same {
                wrong.push(format!("{} {image}: {result}\n   not {ours}", case["case"]));
            }
        }
    }
    assert!(count >= 46 * 32 && failed > 0, "{count}, {failed} of them errors");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

const CONFIG: &str = r#"debug = true
root = "/data/buildkit"
insecure-entitlement = ["network.host"]

[worker.oci]
  max-parallelism = 4
  reservedSpace = "10GB"

[[worker.containerd.gcpolicy]]
  filters = ["type==source.local"]
  keepDuration = "48h"

[registry."docker.io"]
  mirrors = ["mirror.corp.example:5000/hub", "cache.corp.example"]

[registry."mirror.corp.example:5000"]
  http = true
  insecure = true

[registry."cache.corp.example"]
  ca = ["/etc/buildkit/corp.pem"]
  [[registry."cache.corp.example".keypair]]
    cert = "/etc/buildkit/client.pem"
    key = "/etc/buildkit/client.key"

[registry.quay.io]
  mirrors = ["cache.corp.example"]

[registry."https://ghcr.io"]
  mirrors = ["me:hush@cache.corp.example"]
"#;

/// Runs the program on the file above and holds all that it prints.
#[test]
fn show_and_route_print() {
    let scratch = Scratch::new("print", &[("buildkitd.toml", CONFIG)]);
    let run = |name: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bklint"));
        command.args(args).current_dir(&scratch.0).env_clear();
        let Run { stdout: out, stderr: err, code } = command.output().unwrap().into();
        assert!(!format!("{out}{err}").contains("hush"), "{name} prints a secret");
        let text = format!("$ bklint {}\n{out}--- stderr\n{err}--- exit {code}\n", args.join(" "));
        snapshots("route").bind(|| insta::assert_snapshot!(name, text));
    };
    run("show", &["show", "buildkitd.toml"]);
    run("show_flags", &["show", "--daemon-arg=--root=/x", "--deploy=rootless", "buildkitd.toml"]);
    run("show_json", &["show", "--format=json", "buildkitd.toml"]);
    run("mirrors", &["route", "alpine", "buildkitd.toml"]);
    run("mirrors_json", &["route", "--format=json", "alpine:3", "buildkitd.toml"]);
    run("missed", &["route", "ghcr.io/team/app", "buildkitd.toml"]);
    run("unquoted", &["route", "quay.io/team/app:1", "buildkitd.toml"]);
    run("no_image", &["route", "Alpine", "buildkitd.toml"]);
    run("no_file", &["route", "--files=check", "alpine", "buildkitd.toml"]);
    run("nothing_there", &["route", "alpine", "nosuch.toml"]);
}
