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
pub mod unquoted_name;
pub mod wrong_type;

use std::borrow::Cow;

use crate::decode::dotted;

/// The table in which a key was looked up, as the user would write its header.
fn place(path: &[Cow<'_, str>], at: usize) -> String {
    match path.get(..at) {
        None | Some([]) => "the top level".into(),
        Some(above) => format!("`[{}]`", dotted(above)),
    }
}

/// A key's name with the quotes that it needs.
fn written(name: &str) -> String {
    dotted([name])
}
