//! A program that parses bklint's arguments and ends: the floor that `benches/run` measures against.

use std::process::ExitCode;

fn main() -> ExitCode {
    match bklint::cli::parse_only(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}
