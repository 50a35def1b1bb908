//! `bklint migrate`: writes a file anew for a release.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::release::Releases;
use crate::report::{Impact, Level};
use crate::rules::RULES;

/// What to migrate, and to where.
#[derive(Args, Debug)]
pub struct Migrate {
    /// The release to write it for, or several: 0.30 or 0.13..0.32
    #[arg(long, value_name = "RELEASE")]
    to: Releases,
    /// Print what would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Files, globs, folders to search, or - for standard input
    #[arg(value_name = "PATH|GLOB|-", required = true)]
    paths: Vec<PathBuf>,
}

impl Migrate {
    /// The check that does it: all that depends on the release, or that it refuses, is mended; what
    /// could not be is reported, and nothing else.
    pub fn check(self, program: OsString) -> Vec<OsString> {
        let mend = if self.diff { "--diff" } else { "--fix" };
        let mut args = vec![program, mend.into(), "--unsafe-fixes".into(), "--buildkit".into()];
        args.push(self.to.to_string().into());
        for rule in RULES {
            let front = rule.front();
            let bound = front.needs.contains(&"release") || front.impact == Impact::Load;
            if !bound && front.level > Level::Allow {
                args.extend(["--allow".into(), rule.id.into()]);
            }
        }
        args.push("--".into());
        args.extend(self.paths.into_iter().map(PathBuf::into_os_string));
        args
    }
}
