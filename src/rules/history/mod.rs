//! Build records.

pub mod empty_table;
pub mod negative_entries;
pub mod one_key;
