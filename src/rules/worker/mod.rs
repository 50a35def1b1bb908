//! Which worker runs, and with what.

pub mod both_disabled;
pub mod both_enabled;
pub mod containerd_address_scheme;
pub mod no_process_sandbox;
pub mod platform_unknown;
pub mod snapshotter_unknown;
