//! Builders that exist: what buildx keeps of them, and how that differs from a file.

pub mod differ;
pub mod store;
