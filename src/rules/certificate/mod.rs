//! Certificate and key files that the configuration names.

pub mod expired;
pub mod expiring;
pub mod files;
pub mod missing;
pub mod no_certificate;
pub mod not_a_file;
pub mod not_pem;
pub mod not_yet_valid;
pub mod pair_incomplete;
pub mod pair_mismatch;
