//! About bklint's own files and comments.

pub mod comment_syntax;
pub mod config_key;
pub mod config_syntax;
pub mod config_value;
pub mod expired;
pub mod no_reason;
pub mod policy_condition;
pub mod policy_key;
pub mod policy_rule;
pub mod preset;
pub mod required_version;
pub mod unfulfilled;
pub mod unknown_rule;
pub mod unused;
pub mod weakened;
