//! What buildkitd's own loader makes of a tree: the typed model, the keys without effect, and
//! every reason to refuse the file.
//!
//! The loader is `config.LoadFile` of `cmd/buildkitd/config`. The newest uses go-toml v2.3, never
//! strict: it decodes pair by pair into structs, and what it does with a key that meets another
//! sort of value follows from Go's reflection. It stops at the first fault; here all are found.
//! What older releases do otherwise is in [`quirk`].

mod assign;
pub mod classify;
mod decoded;
mod decoder;
mod document;
mod fault;
mod field;
pub mod lexical;
mod merged;
mod name;
mod older;
mod place;
pub mod quirk;
mod range;
pub mod scalar;
mod seen;
mod step;
mod value;

use std::collections::BTreeSet;

use crate::model::{Config, Keyed};
use crate::order::Order;
use crate::release::{Release, Releases};
use crate::schema::Key;
use crate::source::Source;
use crate::tree::Tree;
pub use classify::Unknown;
pub use decoded::{Decoded, Oddity};
use decoder::Decoder;
pub use fault::{Fault, FaultKind};
pub use name::{dotted, named, push_part};
use quirk::Quirks;
use range::{merge_faults, merge_unknown};

/// Decodes a tree for a target: the model is the newest release's, faults and keys without effect
/// are those of all.
#[must_use]
pub fn decode<'s>(source: &'s Source, tree: &Tree, target: Releases) -> Decoded<'s> {
    let mut parts = quirk::parts(target);
    let mut decoded = decode_one(source, tree, target.to);
    let errors: Vec<_> = tree.errors.iter().map(|error| error.span).collect();
    let mut since = parts.next().map_or(target.from, |part| part.from);
    for part in parts {
        let older = decode_one(source, tree, part.to);
        let newer = Releases { from: since, to: target.to };
        merge_faults(&mut decoded.faults, older.faults, &errors, newer, part);
        since = part.from;
    }
    // All releases see them, so they are listed once.
    let errors = tree.errors.iter().map(|error| {
        let fault = Fault::new(FaultKind::Syntax(error.kind), error.span);
        Fault { context: error.context, ..fault }.at(error.node)
    });
    decoded.faults.splice(0..0, errors);
    decoded.faults.order_by_key(|fault| fault.span.start);
    // Keys only become more, so the oldest release knows the fewest. In a table that is new, there
    // may be keys that are newer still.
    let mut probes = BTreeSet::new();
    probes.insert(target.from);
    while let Some(release) = probes.pop_first().filter(|release| *release < target.to) {
        let older = decode_one(source, tree, release);
        probes.extend(merge_unknown(&mut decoded, older, release));
    }
    decoded
}

/// Decodes a tree as one release does, errors of structure aside.
fn decode_one<'s>(source: &'s Source, tree: &Tree, release: Release) -> Decoded<'s> {
    let quirks = Quirks::of(release);
    let mut decoder = Decoder {
        source,
        tree,
        release,
        quirks,
        faults: lexical::check(source, tree, quirks),
        unknown: Vec::new(),
        oddities: Vec::new(),
        path: Vec::new(),
        node: 0,
        spare: Vec::new(),
    };
    let mut config = Config::default();
    decoder.run(&mut config);
    decoder.faults.order_by_key(|fault| fault.span.start);
    Decoded { config, faults: decoder.faults, unknown: decoder.unknown, oddities: decoder.oddities }
}

/// The keys of the root.
#[must_use]
pub const fn root_keys() -> &'static [Key] {
    Config::KEYS
}
