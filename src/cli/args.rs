//! The options, as clap reads them. Commands share them in groups.

use std::path::{Path, PathBuf};

use clap::{ArgAction, ArgGroup, ArgMatches, Args, ValueEnum};

use crate::args::buildx::{Create, Driver};
use crate::args::daemon::Flags;
use crate::args::split;
use crate::clock;
use crate::config::find::{Configs, Lookup};
use crate::levels::{Levels, Wish};
use crate::order::Order;
use crate::release::Releases;
use crate::report::Level;
use crate::settings::{Deploy, Files, Overlay, Settings, parse_memory};
use crate::world::World;

/// A file that has a JSON Schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Schema {
    /// buildkitd.toml
    Buildkitd,
    /// bklint.toml
    Config,
    /// The JSON report
    Report,
}

/// The options of a check.
#[derive(Args, Debug)]
pub struct Check {
    /// Files, globs, folders to search, or - for standard input
    #[arg(value_name = "PATH|GLOB|-")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub levels: LevelArgs,
    #[command(flatten)]
    pub deployment: Deployment,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Check what buildkitd and buildx read on this machine
    #[arg(hide_short_help = true, long, help_heading = "Deployment")]
    pub system: bool,
    #[command(flatten)]
    pub fix: FixArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What is mended.
#[derive(Args, Debug)]
#[command(next_help_heading = "Fixes", group = ArgGroup::new("mend").multiple(true))]
pub struct FixArgs {
    /// Mend what can be mended safely, and report what is left
    #[arg(long, group = "mend")]
    pub fix: bool,
    /// Mend also what changes what buildkitd does
    #[arg(hide_short_help = true, long, requires = "mend")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change, and write nothing
    #[arg(long, group = "mend")]
    pub diff: bool,
}

/// How loudly rules speak.
#[derive(Args, Debug)]
#[command(next_help_heading = "Levels")]
pub struct LevelArgs {
    /// Do not report a rule, `group::*`, notes, warnings or pedantic
    #[arg(short = 'A', long, value_name = "RULE")]
    pub allow: Vec<String>,
    /// Report it as a note
    #[arg(hide_short_help = true, short = 'N', long, value_name = "RULE")]
    pub note: Vec<String>,
    /// Report it as a warning
    #[arg(short = 'W', long, value_name = "RULE")]
    pub warn: Vec<String>,
    /// Report it as an error
    #[arg(short = 'D', long, value_name = "RULE")]
    pub deny: Vec<String>,
    /// Report it as an error, whatever else is said
    #[arg(hide_short_help = true, short = 'F', long, value_name = "RULE")]
    pub forbid: Vec<String>,
}

/// Where the options for levels stand on the command line, each kind for itself.
pub type Places = [Vec<usize>; 5];

impl LevelArgs {
    /// Where they stand; the values themselves do not tell.
    pub fn places(matches: &ArgMatches) -> Places {
        ["allow", "note", "warn", "deny", "forbid"]
            .map(|id| matches.indices_of(id).into_iter().flatten().collect())
    }

    /// The wishes in the order of the command line, which clap keeps for each option alone.
    pub fn parse(&self, places: &Places) -> Result<Levels, String> {
        let options = [
            (Wish::Set(Level::Allow), &self.allow),
            (Wish::Set(Level::Note), &self.note),
            (Wish::Set(Level::Warn), &self.warn),
            (Wish::Set(Level::Deny), &self.deny),
            (Wish::Forbid, &self.forbid),
        ];
        let mut wishes: Vec<_> = options
            .into_iter()
            .zip(places)
            .flat_map(|((wish, selectors), places)| {
                places.iter().zip(selectors).map(move |(place, selector)| (place, wish, selector))
            })
            .collect();
        wishes.order_by_key(|(place, ..)| *place);
        let mut levels = Levels::default();
        for (_, wish, selector) in wishes {
            levels.push(wish, selector).map_err(|error| error.to_string())?;
        }
        Ok(levels)
    }
}

/// Which configuration of bklint counts.
#[derive(Args, Debug)]
#[command(next_help_heading = "Configuration")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ConfigArgs {
    #[command(flatten)]
    pub layers: LayerArgs,
    /// Report only what this file does not list
    #[arg(hide_short_help = true, long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// List in it all that is found now
    #[arg(hide_short_help = true, long, requires = "baseline")]
    pub write_baseline: bool,
    /// Take out of it what is no longer found
    #[arg(hide_short_help = true, long, requires = "baseline", conflicts_with = "write_baseline")]
    pub prune_baseline: bool,
    /// Pass over what bklint.toml excludes even where it is named
    #[arg(hide_short_help = true, long)]
    pub force_exclude: bool,
}

/// Which files of configuration count.
#[derive(Args, Debug)]
#[command(next_help_heading = "Configuration")]
pub struct LayerArgs {
    /// Read this bklint.toml, and none beside the files
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no bklint.toml
    #[arg(hide_short_help = true, long, conflicts_with = "config")]
    pub no_config: bool,
    /// A file like bklint.toml that nothing else can weaken; else BKLINT_POLICY names it
    #[arg(hide_short_help = true, long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

impl LayerArgs {
    /// What the command line makes of it, and what is odd about it.
    pub fn configs<'w>(
        &self,
        deployment: Deployment,
        levels: Levels,
        world: &'w dyn World,
    ) -> Result<(Configs<'w>, Vec<String>), String> {
        let (overlay, notices) = deployment.overlay()?;
        Ok((self.layered(overlay, levels, world)?, notices))
    }

    /// The same of a deployment that was read before.
    pub fn layered<'w>(
        &self,
        overlay: Overlay,
        levels: Levels,
        world: &'w dyn World,
    ) -> Result<Configs<'w>, String> {
        let lookup = match &self.config {
            Some(file) => Lookup::File(file.clone()),
            None if self.no_config => Lookup::Nothing,
            None => Lookup::Search,
        };
        // Empty is what a pipeline has for a variable that is not set.
        let named = world.env("BKLINT_POLICY").filter(|name| !name.is_empty()).map(PathBuf::from);
        let policy = self.policy.clone().or(named);
        Configs::new(world, lookup, policy.as_deref(), overlay, levels)
    }
}

/// What the file is for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Deployment")]
pub struct Deployment {
    /// How buildkitd is run
    #[arg(long, value_name = "HOW")]
    pub deploy: Option<Deploy>,
    /// The release it is, or several: 0.17 or 0.13..0.32
    #[arg(long, value_name = "RELEASE")]
    pub buildkit: Option<Releases>,
    /// Processors of its machine
    #[arg(hide_short_help = true,
        long, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub cpus: Option<u32>,
    /// Memory of its machine, like 16GiB
    #[arg(hide_short_help = true, long, value_name = "SIZE", value_parser = parse_memory)]
    pub memory: Option<u64>,
    /// Whether to look at the files that a configuration names
    #[arg(hide_short_help = true, long, value_name = "WHEN")]
    pub files: Option<Files>,
    /// The folder that stands for / when they are looked at
    #[arg(hide_short_help = true, long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The time to judge by, like 2027-01-31 or 2027-01-31T12:00:00Z
    #[arg(hide_short_help = true, long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<i64>,
    /// Arguments that buildkitd is started with, like '--root /x --debug'
    #[arg(hide_short_help = true, long, value_name = "ARG", allow_hyphen_values = true)]
    pub daemon_arg: Vec<String>,
    /// Arguments of docker buildx create, like '--driver-opt network=host'
    #[arg(hide_short_help = true, long, value_name = "ARG", allow_hyphen_values = true)]
    pub buildx_arg: Vec<String>,
}

impl Deployment {
    /// What the command line says, and what is odd about it.
    pub fn overlay(self) -> Result<(Overlay, Vec<String>), String> {
        let words = |lines: &[String]| -> Result<Vec<String>, String> {
            lines
                .iter()
                .map(|line| split(line))
                .collect::<Result<Vec<_>, _>>()
                .map(|all| all.concat())
        };
        let daemon_args = Flags::parse(&words(&self.daemon_arg)?);
        let (create, mut notices) = Create::parse(&words(&self.buildx_arg)?)?;
        let mut overlay = Overlay {
            deploy: self.deploy,
            buildkit: self.buildkit,
            cpus: self.cpus,
            memory: self.memory,
            files: self.files,
            root: self.root,
            now: self.now,
            daemon_args: (!self.daemon_arg.is_empty()).then_some(daemon_args),
            create: (!self.buildx_arg.is_empty()).then_some(create),
            ..Overlay::default()
        };
        let mut settings = Settings::default();
        settings.apply(&overlay);
        if !settings.create.is_empty() && settings.deploy.is_none() {
            // It is also buildx's own choice where Docker runs.
            settings.deploy = Some(match settings.create.driver {
                Some(Driver::Kubernetes) => Deploy::BuildxKubernetes,
                Some(Driver::Container) | None => Deploy::BuildxContainer,
            });
        }
        if let Some(deploy) = settings.deploy.filter(|_| !settings.create.is_empty()) {
            let Some(driver) = settings.driver() else {
                return Err(format!("buildx has no part in `--deploy {deploy}`"));
            };
            if let Some(other) = settings.create.driver.filter(|other| *other != driver) {
                let other = other.name();
                return Err(format!("`--deploy {deploy}` is not `--driver {other}`"));
            }
            notices.extend(settings.create.unknown_options(driver));
            if let Some(flags) = &settings.create.flags {
                notices.extend(Flags::parse(flags).problems);
            }
        }
        notices.extend(settings.daemon_args.problems.iter().cloned());
        overlay.deploy = settings.deploy;
        Ok((overlay, notices))
    }
}

/// What is printed, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct OutputArgs {
    /// human, concise, json, sarif, github, gitlab, junit, rdjson or markdown; several, each to
    /// its own FILE
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_output)]
    pub format: Vec<Output>,
    /// The name to report standard input under
    #[arg(hide_short_help = true, long, value_name = "NAME", default_value = "<stdin>")]
    pub stdin_filename: String,
    /// When to use colours
    #[arg(hide_short_help = true, long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Print nothing but the report and errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print all notes, fixes and reasons
    #[arg(short, long)]
    pub verbose: bool,
    /// Count the findings of each rule
    #[arg(hide_short_help = true, long)]
    pub statistics: bool,
    /// Show what comments, bklint.toml or a baseline silence
    #[arg(hide_short_help = true, long)]
    pub report_suppressed: bool,
    /// Exit with 0 even if errors are found
    #[arg(hide_short_help = true, long, action = ArgAction::SetTrue)]
    pub exit_zero: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
    Rdjson,
    Markdown,
}

/// A format, and the file it goes to instead of standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    pub format: Format,
    pub file: Option<PathBuf>,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file has no name".into()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let names = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
        format!("known are {}", names.join(", "))
    })?;
    Ok(Output { format, file: file.filter(|file| file != Path::new("-")) })
}

pub fn parse_time(text: &str) -> Result<i64, String> {
    clock::parse_rfc3339(text).ok_or_else(|| "expected a time like 2027-01-31T12:00:00Z".into())
}
