//! What the daemon needs for itself.

pub mod root_unusable;
