//! Devices for build steps.

pub mod auto_allowed;
pub mod disabled;
pub mod spec_extension;
pub mod spec_invalid;
pub mod unused_beside_disabled;
