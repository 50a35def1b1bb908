//! What several releases make of a file, put together.

use super::classify::{Class, Unknown};
use super::decoded::{Decoded, Oddity};
use super::fault::Fault;
use super::quirk;
use crate::hash::HashSet;
use crate::order::Order;
use crate::release::{Release, Releases};
use crate::source::Span;

/// Adds the faults that `part` sees to those of all `newer` releases. All see the `errors`, in
/// whose places nothing else is added.
pub fn merge_faults(
    faults: &mut Vec<Fault>,
    mut older: Vec<Fault>,
    errors: &[Span],
    newer: Releases,
    part: Releases,
) {
    // There may be millions, for which a table of hashes takes too much.
    let places = |faults: &[Fault]| {
        let mut places: Vec<_> = faults.iter().map(|fault| fault.span).collect();
        places.extend(errors);
        places.order();
        places
    };
    let (common, known) = (places(&older), places(faults));
    older.retain(|fault| known.binary_search(&fault.span).is_err());
    for fault in faults.iter_mut() {
        if common.binary_search(&fault.span).is_ok() {
            // Seen by this part too; in all of them, if it was in all before.
            fault.only = fault.only.map(|only| Releases { from: part.from, ..only });
        } else {
            fault.only = fault.only.or(Some(newer));
        }
    }
    faults.extend(older.into_iter().map(|fault| Fault { only: Some(part), ..fault }));
    faults.order_by_key(|fault| fault.span.start);
}

/// Adds the keys that only older releases pass over, and returns the releases that know them.
pub fn merge_unknown<'s>(
    decoded: &mut Decoded<'s>,
    older: Decoded<'s>,
    oldest: Release,
) -> Vec<Release> {
    let known: HashSet<_> = decoded.unknown.iter().map(|key| key.node).collect();
    let fresh: Vec<_> =
        older.unknown.into_iter().filter(|key| !known.contains(&key.node)).collect();
    // One fault, one finding: a spelling that they do not know is said once.
    let parts: HashSet<_> = fresh.iter().map(|key| key.part).collect();
    decoded.oddities.retain(|oddity| match oddity {
        Oddity::Case { span, .. } => !parts.contains(span),
        _ => true,
    });
    let since = fresh.iter().filter_map(|key| match key.class {
        Class::Newer(since) => Some(since),
        _ => None,
    });
    let since = since.collect();
    let until = |key: &Unknown<'_>| match key.class {
        Class::Newer(since) => since.before(),
        _ => quirk::GO_TOML_2.before(),
    };
    decoded.unknown.extend(fresh.into_iter().map(|key| {
        let only = Some(Releases { from: oldest, to: until(&key).max(oldest) });
        Unknown { only, ..key }
    }));
    decoded.unknown.order_by_key(|key| key.part.start);
    since
}
