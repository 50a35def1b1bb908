//! Which worker runs, and with what.

pub mod binary_missing;
pub mod binary_not_probed;
pub mod both_disabled;
pub mod both_enabled;
pub mod builtin_label;
pub mod cgroup_parent_unused;
pub mod containerd_address_scheme;
pub mod containerd_snapshotter;
pub mod no_process_sandbox;
pub mod platform_unknown;
pub mod platforms_cache;
pub mod platforms_empty;
pub mod proxy_snapshotter_path;
pub mod rootless_with_root;
pub mod runtime_option;
pub mod runtime_without_name;
pub mod security_module_missing;
pub mod snapshotter_unknown;
pub mod stargz_unused;
pub mod user_remap;
