//! What other releases of BuildKit make of the same line.

pub mod bracket_in_header;
pub mod empty_list;
pub mod newer_key;
pub mod newer_value;
pub mod text_amount;
