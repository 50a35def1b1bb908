//! bklint answers one question: what will buildkitd really do with this line of
//! `buildkitd.toml`?
//!
//! Data goes one way, and the modules stand in its order:
//! source → tree → decode → rules → findings → levels → report → render.

pub mod args;
pub mod baseline;
pub mod builder;
pub mod cert;
pub mod cli;
pub mod clock;
pub mod config;
pub mod copier;
pub mod decode;
pub mod deployment;
pub mod discover;
pub mod edit;
pub mod effective;
pub mod fix;
mod gather;
pub mod glob;
pub mod hash;
pub mod hosts;
pub mod inventory;
pub mod levels;
pub mod lex;
pub mod meaning;
pub mod model;
pub mod order;
pub mod own;
pub mod page;
pub mod policy;
pub mod release;
pub mod releases;
pub mod render;
pub mod report;
pub mod route;
pub mod rules;
pub mod schema;
pub mod secrets;
pub mod session;
pub mod settings;
mod share;
pub mod show;
pub mod source;
pub mod suppress;
pub mod tls;
pub mod tree;
pub mod version;
pub mod world;
