//! Secrets that have no place in the file.

pub mod credential;
