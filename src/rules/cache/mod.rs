//! Cache in GitHub Actions, and its signatures.

pub mod any_signer;
pub mod literal_star;
pub mod policy_unused;
pub mod sign_without_verify;
pub mod unsigned;
