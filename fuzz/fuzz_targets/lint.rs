//! All rules on any bytes, for every kind of deployment: nothing panics, every span lies in the
//! text, edits do not overlap, and a finding says that the file is refused if it is.

#![no_main]

use bklint::route::Route;
use bklint::session::Session;
use bklint::settings::{Deploy, Files, Settings};
use bklint::show::Show;
use bklint::source::Source;
use bklint::world::Memory;
use bklint_fuzz::{NOW, all_rules, hold};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&pick, text)) = data.split_first() else { return };
    let deploy = [
        None,
        Some(Deploy::Daemon),
        Some(Deploy::Rootless),
        Some(Deploy::BuildxContainer),
        Some(Deploy::BuildxKubernetes),
        Some(Deploy::GithubAction),
    ];
    let releases = ["0.32", "0.27", "0.11", "0.11..0.32", "0.9"];
    let (pick, deploy) =
        (usize::from(pick) / deploy.len(), deploy[usize::from(pick) % deploy.len()]);
    let (pick, releases) = (pick / releases.len(), releases[pick % releases.len()]);
    let settings = Settings {
        deploy,
        buildkit: releases.parse().expect("a release"),
        files: if pick % 2 == 0 { Files::Check } else { Files::Skip },
        cpus: Some(4),
        memory: Some(8 << 30),
        ..Settings::default()
    };
    let world = Memory { now: NOW, ..Memory::default() };
    let session = Session::new(settings, all_rules(), &world);
    let source = || Source::new("buildkitd.toml", text.to_vec());
    hold(&session.check(source()));
    for image in ["alpine", "quay.io/org/image:1"] {
        let _ = Route::follow(&session, &source(), image);
    }
    if let Some(show) = Show::of(&session, source()) {
        let _ = show.json();
    }
});
