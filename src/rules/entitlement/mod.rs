//! What builds may ask for beyond the ordinary.

pub mod device_without_cdi;
pub mod duplicate;
pub mod unknown;
