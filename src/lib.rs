//! bklint answers one question: what will buildkitd really do with this line of
//! `buildkitd.toml`?
//!
//! Data goes one way, and the modules stand in its order:
//! source → tree → decode → rules → findings → levels → report → render.

pub mod cert;
pub mod clock;
pub mod decode;
pub mod model;
pub mod render;
pub mod report;
pub mod schema;
pub mod source;
pub mod tree;
pub mod world;
