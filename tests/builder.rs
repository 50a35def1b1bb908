//! `bklint builder` over stores of buildx in memory, whole output.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/snapshots.rs"]
mod snapshots;

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bklint::cli::run;
use bklint::world::Memory;
use serde_json::{Value, json};
use snapshots::snapshots;

const HOME: &str = "/home/dev/.docker/buildx";

/// A file as buildx keeps it after it has copied its certificates.
const STORED: &str = "insecure-entitlements = ['security.insecure']\n\n\
    [registry]\n[registry.'harbor.corp.example']\n\
    ca = ['/etc/buildkit/certs/harbor.corp.example/corp.pem']\n\n\
    [worker]\n[worker.oci]\ngc = true\nmax-parallelism = 4\n";

/// The file it was made from, edited since.
const EDITED: &str = "# two are enough\ninsecure-entitlements = [\"security.insecure\"]\n\n\
    [worker.oci]\nmax-parallelism = 2\n\n[registry.\"harbor.corp.example\"]\n\
    ca = [\"/etc/pki/corp.pem\"]\nmirrors = [\n  \"me:hush@mirror.corp.example\",\n]\n";

fn node(name: &str, flags: &[&str], options: &Value, files: &[(&str, &str)]) -> Value {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), BASE64_STANDARD.encode(text)));
    json!({
        "Name": name,
        "Endpoint": "unix:///var/run/docker.sock",
        "Platforms": null,
        "DriverOpts": options,
        "Flags": flags,
        "Files": files.collect::<BTreeMap<_, _>>(),
    })
}

fn store(instances: &[(&str, &str, Vec<Value>)], more: &[(&str, &str)]) -> Memory {
    let mut files = BTreeMap::new();
    for (name, driver, nodes) in instances {
        let group = json!({ "Name": name, "Driver": driver, "Nodes": nodes, "Dynamic": false });
        files.insert(format!("{HOME}/instances/{name}").into(), group.to_string().into_bytes());
    }
    for (path, text) in more {
        files.insert(PathBuf::from(path), text.as_bytes().to_vec());
    }
    let env = [("HOME".to_owned(), "/home/dev".to_owned())];
    // 2026-11-23
    Memory { files, env: env.into(), now: 1_795_392_000, ..Memory::default() }
}

fn ci() -> Memory {
    let flags = ["--allow-insecure-entitlement=network.host"];
    let files = [("buildkitd.toml", STORED), ("certs/harbor.corp.example/corp.pem", "no PEM\n")];
    let options = json!({ "network": "host", "env.TOKEN": "hush" });
    let ci = ("ci", "docker-container", vec![node("ci0", &flags, &options, &files)]);
    let current = r#"{"Key":"unix:///var/run/docker.sock","Name":"ci","Global":false}"#;
    let more = [
        ("/home/dev/.docker/buildx/current", current),
        ("/src/buildkitd.toml", EDITED),
        ("/etc/pki/corp.pem", "another\n"),
    ];
    store(&[ci], &more)
}

fn snapshot(name: &str, args: &[&str], world: &Memory) {
    let argv = ["bklint", "builder"].iter().chain(args).map(|&arg| arg.into());
    let answer = run(argv, world, &mut std::io::empty()).unwrap();
    let stdout = String::from_utf8(answer.stdout).unwrap();
    assert!(!stdout.contains("hush") && !answer.stderr.contains("hush"), "{stdout}");
    let stdout = match serde_json::from_str::<Value>(&stdout) {
        Ok(json) => format!("{json:#}\n"),
        Err(_) => stdout,
    };
    let text = format!(
        "$ bklint builder {}\n{stdout}--- stderr\n{}--- exit {}\n",
        args.join(" "),
        answer.stderr,
        answer.code
    );
    let mut settings = snapshots("builder");
    settings.add_filter(&env!("CARGO_PKG_VERSION").replace('.', "\\."), "[version]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_current_builder() {
    snapshot("current", &[], &ci());
}

#[test]
fn edited_since_the_builder_was_made() {
    snapshot("against", &["ci", "--against", "/src/buildkitd.toml"], &ci());
}

#[test]
fn unchanged_since_the_builder_was_made() {
    let stored = "[worker.oci]\nmax-parallelism = 4\n";
    let written = "# four\nworker.oci.max-parallelism = 4\n";
    let files = [("buildkitd.toml", stored)];
    let ci = ("ci", "docker-container", vec![node("ci0", &[], &json!(null), &files)]);
    let world = store(&[ci], &[("/src/buildkitd.toml", written)]);
    snapshot("same", &["ci", "--against", "/src/buildkitd.toml"], &world);
}

#[test]
fn as_json() {
    snapshot("json", &["ci", "--format=json", "--against=/src/buildkitd.toml"], &ci());
}

#[test]
fn builders_without_a_configuration() {
    let plain = ("plain", "kubernetes", vec![node("plain0", &[], &json!(null), &[])]);
    snapshot("plain", &["plain"], &store(&[plain], &[]));
    let far = ("far", "remote", vec![node("far0", &["--nosuch"], &json!(null), &[])]);
    snapshot("remote", &["far"], &store(&[far], &[]));
}

#[test]
fn hostile_stores() {
    let names = [
        ("../../../etc/passwd", "root:hush"),
        ("buildkitd.toml", "[registry.\"a\"]\nca = [\"/etc/buildkit/../../etc/shadow\"]\n"),
        ("\u{1b}[31m", "x"),
    ];
    let nodes = vec![node("\u{1b}[2J../x", &["--\u{7}"], &json!({ "a\nb": "c\u{1b}" }), &names)];
    let world = store(
        &[("ci", "docker-container", nodes)],
        &[("/home/dev/.docker/buildx/instances/..\u{1b}", "{}")],
    );
    snapshot("hostile", &["ci"], &world);
    snapshot("no-such-name", &["nosuch"], &world);
    snapshot("no-name", &["../ci"], &world);
    snapshot("docker", &[], &world);
    snapshot("empty", &[], &store(&[], &[]));
}
