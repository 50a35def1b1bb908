//! Keys and tables that buildkitd's loader refuses or passes over.

pub mod below_scalar;
pub mod double_brackets;
pub mod duplicate_key;
pub mod duplicate_table;
pub mod emptied_array;
pub mod empty_header;
pub mod foreign_dialect;
pub mod ghacache;
pub mod letter_case;
pub mod misplaced_key;
pub mod misspelt_key;
pub mod overwritten_key;
pub mod redefined;
pub mod sibling_worker_key;
pub mod single_brackets;
pub mod swallowed_key;
pub mod unknown_key;
pub mod unquoted_host;
pub mod unquoted_label;
pub mod unquoted_name;
pub mod wrong_type;

use std::borrow::Cow;

use crate::decode::{Unknown, dotted, named};
use crate::hash::HashSet;
use crate::rules::Context;
use crate::tree::NodeKind;

/// The table in which a key was looked up, as the user would write its header.
fn place(path: &[Cow<'_, str>], at: usize) -> String {
    match path.get(..at) {
        None | Some([]) => "the top level".into(),
        Some(above) => format!("`[{}]`", named(above)),
    }
}

/// The keys without effect. A table below one of them, or another table of an array of them, is
/// no fault of its own.
pub(super) fn unknown<'c, 'a>(context: &'c Context<'a>) -> impl Iterator<Item = &'c Unknown<'a>> {
    let mut tables = HashSet::default();
    context.decoded.unknown.iter().filter(move |unknown| {
        !is_table(context, unknown) || tables.insert(unknown.path.get(..=unknown.at))
    })
}

/// Whether a key without effect is used as a table, so that it may be named several times.
fn is_table(context: &Context<'_>, unknown: &Unknown<'_>) -> bool {
    let node = context.tree.nodes.get(unknown.node);
    let pair = node.is_some_and(|node| matches!(node.kind, NodeKind::Pair { .. }));
    !pair || unknown.at + 1 < unknown.path.len()
}

/// A key's name with the quotes that it needs.
fn written(name: &str) -> String {
    dotted([name])
}
