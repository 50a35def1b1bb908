//! Any bytes as certificate and key files: nothing panics, hangs or reaches the terminal raw.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bklint::levels::Levels;
use bklint::render::Style;
use bklint::render::human::human;
use bklint::report::Report;
use bklint::session::Session;
use bklint::settings::{Files, Settings};
use bklint::source::Source;
use bklint::world::Memory;
use libfuzzer_sys::fuzz_target;

const CONFIG: &str = r#"
[grpc]
  address = ["tcp://10.0.0.5:1234"]
  [grpc.tls]
    cert = "/a.pem"
    key = "/b.pem"
    ca = "/c.pem"
[registry."reg.test:5000"]
  ca = ["/a.pem", "/b.pem", "/c.pem"]
  [[registry."reg.test:5000".keypair]]
    cert = "/c.pem"
    key = "/a.pem"
"#;

fuzz_target!(|data: &[u8]| {
    // Base64 is in the way of small changes, so the content of blocks is what is made up too.
    let (first, second) = data.split_at(data.len() / 2);
    let block = |label: &str, content: &[u8]| {
        let text = STANDARD.encode(content);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let whole = block("CERTIFICATE", data);
    let both = block("CERTIFICATE", first) + &block("PRIVATE KEY", second) + &whole;
    let files = [("/a.pem", data.to_vec()), ("/b.pem", block("X PRIVATE KEY", data).into())];
    let files = files.into_iter().chain([("/c.pem", (whole + &both).into())]);
    let world = Memory {
        files: files.map(|(path, bytes)| (path.into(), bytes)).collect(),
        now: 1_800_000_000,
        ..Memory::default()
    };
    let settings = Settings { files: Files::Check, ..Settings::default() };
    let session = Session::new(settings, Levels::default(), &world);
    let file = session.check(Source::new("buildkitd.toml", CONFIG.into()));
    let report = Report { files: vec![file], ..Report::default() };
    let style = Style { color: false, width: 80, verbose: true, links: false };
    let mut out = Vec::new();
    human(&report, &style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a control character gets out");
});
