//! What is added to the provenance of builds.

pub mod bad_file;
pub mod missing_folder;
