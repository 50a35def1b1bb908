//! Garbage collection.

pub mod bytes_not_megabytes;
pub mod deprecated_key;
pub mod disabled;
pub mod filter_syntax;
pub mod keepstorage_ignored;
pub mod limits;
pub mod max_below_reserved;
pub mod percentage_out_of_range;
pub mod unused_beside_disabled;
pub mod unused_beside_policy;
pub mod wipes_cache;
