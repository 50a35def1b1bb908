//! The `bklint` command.

fn main() {}
