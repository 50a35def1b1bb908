//! Texts that a key reads on its own.

pub mod duration;
pub mod lone_quote;
pub mod placeholder;
pub mod size;
