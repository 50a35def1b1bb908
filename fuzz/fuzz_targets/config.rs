//! Any bytes as `bklint.toml`: nothing panics, it cannot change what buildkitd makes of a file,
//! and what it silences is counted.

#![no_main]

use bklint::world::Memory;
use bklint_fuzz::{NOW, bklint};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const FILE: &str = r#"
debug = true
insecure-entitlements = ["security.insecure"]
[grpc]
  address = ["tcp://0.0.0.0:1234", "unix:///run/b.sock"]
[worker.oci]
  max-parallelism = 400
  [[worker.oci.gcpolicy]]
    maxUsedSpace = "20%"
    filters = ["type==regular"]
[registry."docker.io"]
  mirrors = ["https://mirror.example/dockerhub", "quay.io"]
[registry.quay.io]
  http = true
"#;

fuzz_target!(|data: &[u8]| {
    let files = [("/w/.git/HEAD", Vec::new()), ("/w/a/buildkitd.toml", FILE.into())];
    let files = files.into_iter().chain([("/w/bklint.toml", data.to_vec())]);
    let world = Memory {
        files: files.map(|(path, bytes)| (path.into(), bytes)).collect(),
        cwd: Some("/w".into()),
        now: NOW,
        ..Memory::default()
    };
    let report = |args: &[&str]| -> Value {
        let args = [&["--format=json", "/w/a/buildkitd.toml"], args].concat();
        serde_json::from_slice(&bklint(&args, &world, b"").stdout).unwrap_or_default()
    };
    let (with, without) = (report(&[]), report(&["--no-config"]));
    // The file may exclude it, or name other releases and deployments.
    if let Some(file) = with["files"].as_array().and_then(|files| files.first()) {
        let judged_alike = with["tool"] == without["tool"] && file["path"] == "/w/a/buildkitd.toml";
        if judged_alike && !data.windows(8).any(|part| part == b"buildkit") {
            assert_eq!(file["loads"], without["files"][0]["loads"]);
        }
    }
    bklint(&["config", "/w/a/buildkitd.toml"], &world, b"");
    bklint(&["/w/bklint.toml"], &world, b"");
    bklint(&["policy", "test", "/w"], &world, b"");
});
