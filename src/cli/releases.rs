//! `bklint releases`: what an upgrade or a downgrade does to a file.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Answer;
use super::args::Color;
use super::check::read_stdin;
use super::look::Look;
use crate::decode::quirk::GO_TOML;
use crate::release::{NEWEST, Release, Releases};
use crate::releases::compare;
use crate::render::releases;
use crate::source::{MAX_FILE, Source};
use crate::world::World;

/// What is compared, and how it is printed.
#[derive(Args, Debug)]
pub struct ReleasesArgs {
    /// The file, or - for standard input
    pub file: PathBuf,
    /// The oldest release
    #[arg(long, value_name = "RELEASE", default_value_t = Release::line(GO_TOML.minor))]
    pub from: Release,
    /// The newest release
    #[arg(long, value_name = "RELEASE", default_value_t = Release::line(NEWEST.minor))]
    pub to: Release,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Form,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Form {
    Human,
    Json,
}

/// Compares the releases.
pub fn run(args: &ReleasesArgs, world: &dyn World, stdin: &mut dyn Read) -> Result<Answer, String> {
    if args.from > args.to {
        return Err(format!("{} is newer than {}", args.from, args.to));
    }
    // A line begins with its first release.
    let range = Releases { from: args.from.first(), to: args.to };
    let name = args.file.display().to_string();
    let bytes = if name == "-" { read_stdin(stdin) } else { world.read(&args.file, MAX_FILE) };
    let source = Source::new(&*name, bytes.map_err(|failure| format!("{name}: {failure}"))?);
    let comparison = compare(source, range, world);
    let mut out = Vec::new();
    let style = Look::new(args.color, false, world).style(true);
    // Writing to a `Vec` cannot fail.
    _ = match args.format {
        Form::Human => releases::human(&comparison, &style, &mut out),
        Form::Json => releases::json(&comparison, &mut out),
    };
    Ok(Answer::print(out))
}
