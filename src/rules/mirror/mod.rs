//! Mirrors: what is asked before a registry.

pub mod block_misses;
pub mod docker_io_as_mirror;
pub mod duplicate;
pub mod http_scheme;
pub mod https_scheme;
pub mod leading_v2;
pub mod malformed_host;
pub mod many;
pub mod of_a_mirror;
pub mod option_on_origin;
pub mod other_scheme;
pub mod other_upstream;
pub mod query;
pub mod self_reference;
pub mod shut_down;
pub mod token_settings;
pub mod user_info;
