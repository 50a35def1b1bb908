//! How much buildkitd logs, and in which form.

pub mod conflict;
pub mod debug_enabled;
pub mod hides_warnings;
pub mod unknown_format;
pub mod unknown_level;
pub mod verbose_level;
