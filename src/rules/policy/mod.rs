//! An organisation's policies: off until a `bklint.toml` configures them.

pub mod bind;
pub mod cdi;
pub mod certificate_lifetime;
pub mod entitlements;
pub mod gateway;
pub mod gc;
pub mod history;
pub mod key_mode;
pub mod key_strength;
pub mod keys;
pub mod log;
pub mod mirrors;
pub mod mutual_tls;
pub mod network_mode;
pub mod parallelism;
pub mod plain_http;
pub mod platforms;
pub mod release;
pub mod required_mirrors;
pub(crate) mod shared;
pub mod snapshotter;
pub mod unverified;
