//! What builds may ask for beyond the ordinary.

pub mod duplicate;
pub mod unknown;
