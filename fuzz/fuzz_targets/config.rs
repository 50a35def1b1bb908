//! Any bytes as `bklint.toml`: nothing panics, spans hold, and it cannot change what buildkitd makes
//! of a file, nor make a fault vanish without a word.

#![no_main]

use bklint::config::find::{Configs, Lookup};
use bklint::levels::Levels;
use bklint::report::{FileReport, Verdict};
use bklint::session::Session;
use bklint::settings::Overlay;
use bklint::source::Source;
use bklint::world::Memory;
use bklint_fuzz::{NOW, hold};
use libfuzzer_sys::fuzz_target;

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
    // The command line has the last word on what the file is for.
    let overlay = Overlay { buildkit: "0.32".parse().ok(), ..Overlay::default() };
    let configs = Configs::new(&world, Lookup::Search, None, overlay, Levels::default());
    let session = Session::configured(configs.expect("no file is named"));
    let file = session.check(Source::new("/w/a/buildkitd.toml", FILE.into()));
    hold(&file);
    assert_eq!(file.loads, Verdict::Yes);
    let found = |rule: &str| file.findings.iter().any(|finding| finding.rule == rule);
    for rule in ["log::debug_enabled", "mirror::https_scheme", "schema::unquoted_host"] {
        assert!(found(rule), "{rule} is gone");
    }
    let layers: Vec<FileReport> = session.layers();
    layers.iter().for_each(hold);
    hold(&session.check(Source::new("/w/bklint.toml", data.to_vec())));
});
