//! Any bytes for any releases: spans hold, and a range refuses what one of its ends refuses.

#![no_main]

use bklint::decode::decode;
use bklint::release::Releases;
use bklint::source::Source;
use bklint::tree::Tree;
use bklint_fuzz::holds;
use libfuzzer_sys::fuzz_target;

const RELEASES: &[&str] =
    &["0.8", "0.10", "0.11.6", "0.12", "0.15", "0.20", "0.27.1", "0.28", "0.30", "0.32"];

fuzz_target!(|data: &[u8]| {
    let Some((&pick, text)) = data.split_first() else { return };
    let source = Source::new("buildkitd.toml", text.to_vec());
    let tree = Tree::parse(&source);
    let loads = |releases: &str| {
        let target: Releases = releases.parse().expect("a release");
        let decoded = decode(&source, &tree, target);
        for fault in &decoded.faults {
            holds(&source, fault.span);
            fault.context.into_iter().for_each(|span| holds(&source, span));
        }
        for key in &decoded.unknown {
            holds(&source, key.span);
            holds(&source, key.part);
        }
        decoded.loads(target)
    };
    let at = usize::from(pick) % RELEASES.len();
    let (low, newest) = (loads(RELEASES[at]), loads("0.32"));
    let range = loads(&format!("{}..0.32", RELEASES[at]));
    if low == Some(false) || newest == Some(false) {
        assert_eq!(range, Some(false), "a range takes what one of its ends refuses");
    }
    if range == Some(true) {
        assert_eq!((low, newest), (Some(true), Some(true)));
    }
});
