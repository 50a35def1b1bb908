//! How much is done at once.

pub mod cpus;
pub mod disabled_worker;
pub mod memory;
pub mod negative;
pub mod pool_exceeds_subnet;
pub mod registry_concurrency;
pub mod registry_concurrency_not_positive;
pub mod too_large;
pub mod unlimited;
