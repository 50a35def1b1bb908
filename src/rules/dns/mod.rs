//! The name servers of build steps.

pub mod loopback;
pub mod no_effect;
pub mod not_an_address;
pub mod too_many;
