//! What is no TOML.

pub mod bare_key;
pub mod byte_order_mark;
pub mod carriage_return;
pub mod control_character;
pub mod escape;
pub mod invalid_utf8;
pub mod json;
pub mod malformed;
pub mod not_a_value;
pub mod number;
pub mod toml_1_1;
pub mod unclosed;
