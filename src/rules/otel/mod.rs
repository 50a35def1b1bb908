//! Traces.

pub mod socket_path;
