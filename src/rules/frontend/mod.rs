//! What may be built.

pub mod allowed_repository;
pub mod disabled;
