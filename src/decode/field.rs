//! Which field of a struct a name means.

use super::quirk::{Quirk, Quirks};
use crate::release::Release;
use crate::schema::{Key, Only};

/// A struct's field by name.
pub fn field(keys: &'static [Key], worker: &str, name: &str, release: Release) -> Option<usize> {
    let only = match worker {
        _ if worker.eq_ignore_ascii_case("oci") => Only::Oci,
        _ if worker.eq_ignore_ascii_case("containerd") => Only::Containerd,
        _ => Only::Any,
    };
    let known = |key: &Key| {
        (key.only == Only::Any || key.only == only) && key.first_release(only) <= release
    };
    let exact = keys.iter().position(|key| key.name == name && known(key));
    if exact.is_some() {
        return exact;
    }
    let find = |same: &dyn Fn(&Key) -> bool| keys.iter().position(|key| same(key) && known(key));
    if Quirks::of(release).has(Quirk::FourSpellings) {
        return find(&|key| is_spelling(key, name));
    }
    // Most keys are ASCII; Go folds the others too.
    let folded = find(&|key| key.name.eq_ignore_ascii_case(name));
    if folded.is_some() || name.is_ascii() {
        return folded;
    }
    let name = lower(name);
    find(&|key| lower(key.name) == name)
}

/// Whether a name is that of a struct which holds some of a worker's keys.
pub fn is_embedded(keys: &[Key], name: &str) -> bool {
    keys.iter().any(|key| key.name == "gcpolicy")
        && ["GCConfig", "gcconfig", "GCCONFIG", "gCConfig"]
            .into_iter()
            .chain(["NetworkConfig", "networkconfig", "NETWORKCONFIG", "networkConfig"])
            .any(|embedded| embedded == name)
}

/// Whether a name is a key's own, all lower, all upper, or its own with the first letter lower.
pub fn is_spelling(key: &Key, name: &str) -> bool {
    name.eq_ignore_ascii_case(key.name)
        && (!name.bytes().any(|b| b.is_ascii_uppercase())
            || !name.bytes().any(|b| b.is_ascii_lowercase())
            || key.untagged && name.get(1..) == key.name.get(1..))
}

/// Letter by letter, as Go does it: one for one.
pub fn lower(name: &str) -> String {
    name.chars().filter_map(|c| c.to_lowercase().next()).collect()
}
