//! Tables of registries: which one is used, and how a registry is contacted.

pub mod docker_hub_alias;
pub mod empty_table;
pub mod host_never_matches;
pub mod http_and_insecure;
pub mod insecure;
pub mod local_over_https;
pub mod near_duplicate;
pub mod public_plain_http;
pub mod tls_files_unused;
pub mod upper_case;
