//! The network of build steps.

pub mod bridge_name;
pub mod bridge_subnet;
pub mod bridge_subnet_public;
pub mod cni;
pub mod cni_binaries_missing;
pub mod cni_config_content;
pub mod cni_config_missing;
pub mod host_mode;
pub mod mode_unknown;
pub mod pool_negative;
pub mod unused_cni_keys;
