//! What is no TOML.

pub mod unclosed;
