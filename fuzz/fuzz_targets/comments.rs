//! Any comments in a file with faults: they change no verdict and lose no finding.

#![no_main]

use bklint::levels::Levels;
use bklint::report::FileReport;
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::world::Memory;
use bklint_fuzz::{NOW, hold};
use libfuzzer_sys::fuzz_target;

/// Comments go where an `N` is.
const FILE: &str = "N
debug = true N
[worker.oci] N
  N
  max-paralelism = 4 N
  gckeepstorage = \"7000000000\" N
  N
  [[worker.oci.gcpolicy]] N
    filters = [ N
      \"type==regular\", N
      N
    ] N
[registry.docker.io] N
  mirrors = [\"https://mirror.example\"] N
N";

fuzz_target!(|text: &str| {
    let mut comments = text.lines();
    let mut file = String::new();
    for (index, part) in FILE.split('N').enumerate() {
        if index > 0 {
            let comment = comments.next().unwrap_or_default();
            let allowed = |c: &char| *c == '\t' || !c.is_control();
            file.push('#');
            file.extend(comment.chars().filter(allowed));
        }
        file.push_str(part);
    }
    let world = Memory { now: NOW, ..Memory::default() };
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let check = |text: String| session.check(Source::new("buildkitd.toml", text.into()));
    let (with, without) = (check(file), check(FILE.replace('N', "#")));
    hold(&with);
    let verdicts = |file: &FileReport| (file.loads.clone(), file.starts.clone());
    assert_eq!(verdicts(&with), verdicts(&without));
    let found = |file: &FileReport| {
        let all = file.findings.iter().filter(|finding| !finding.rule.starts_with("bklint::"));
        all.map(|finding| (finding.rule.clone(), finding.message.clone())).collect::<Vec<_>>()
    };
    assert_eq!(found(&with), found(&without), "a comment adds or takes away a finding");
});
