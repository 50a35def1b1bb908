//! A file with forty faults gives forty findings, each on its own place and in order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/snapshots.rs"]
mod snapshots;

use bklint::levels::Levels;
use bklint::render::concise::concise;
use bklint::report::{Report, Verdict};
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::world::Memory;
use snapshots::snapshots;

#[test]
fn forty_faults_give_forty_findings() {
    let text = include_str!("fixtures/forty.toml");
    let world = Memory { now: 1_795_392_000, ..Memory::default() };
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let file = session.check(Source::new("forty.toml", text.into()));
    assert!(file.findings.len() >= 40, "{}", file.findings.len());
    assert!(file.findings.is_sorted_by_key(|finding| finding.span.start));
    assert_eq!(file.loads, Verdict::No);

    let mut out = Vec::new();
    concise(&Report { files: vec![file], ..Report::default() }, &mut out).unwrap();
    snapshots("forty").bind(|| insta::assert_snapshot!("forty", String::from_utf8(out).unwrap()));
}
