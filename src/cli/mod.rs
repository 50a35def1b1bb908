//! The command line: what is asked for, and what is answered. [`run`] computes everything that
//! is to be written; `main` writes it.

mod args;
mod builder;
mod certs;
mod check;
mod effective;
mod look;
mod migrate;
mod output;
mod policy;
mod print;
mod releases;

use std::any::Any;
use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use self::args::{Check, LayerArgs, LevelArgs, Places, Schema};
use self::builder::BuilderArgs;
use self::migrate::Migrate;
use self::releases::ReleasesArgs;
use crate::render::escape;
use crate::secrets::{mask, mask_in_place};
use crate::world::Disk;

/// Says what buildkitd will really do with its buildkitd.toml.
#[derive(Parser, Debug)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    override_usage = "bklint [check] [OPTIONS] [PATH|GLOB|-]...\n       bklint COMMAND",
    after_help = "`bklint --help` lists all options, with examples."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print help; `bklint --help` prints all of it
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
    #[command(flatten)]
    check: Check,
}

const ALL_HELP: &str = "\
Without a path, bklint checks the files of the work tree, or, outside one, those that buildkitd and
buildx read on this machine.

Examples:
  bklint buildkitd.toml                       what is wrong, and what to write instead
  bklint -D warnings --deploy github-action . a gate for continuous integration
  bklint --fix --diff ci/                     what would be mended
  bklint --format sarif=out.sarif --format github .
  bklint route alpine buildkitd.toml          where an image comes from, and why
  bklint explain mirror::http_scheme          the page of a rule

Exit code: 0 fine or warnings only, 1 errors found, 2 something could not be done.";

/// An enum of commands, each with its arguments. `derive(Subcommand)` would do the same and take a
/// hundred kilobytes more of the program: it moves each half-built command through one long function.
macro_rules! commands {
    ($name:ident: $(#[doc = $about:literal] $word:literal $command:ident($args:ty),)*) => {
        #[derive(Debug)]
        enum $name {
            $(#[doc = $about] $command($args),)*
        }

        impl $name {
            /// Word, description, and what adds the arguments.
            const ALL: &[(&str, &str, fn(clap::Command) -> clap::Command)] =
                &[$(($word, $about, <$args>::augment_args),)*];
        }

        impl Subcommand for $name {
            fn augment_subcommands(command: clap::Command) -> clap::Command {
                command.subcommands(Self::ALL.iter().map(|(word, about, arguments)| {
                    arguments(clap::Command::new(*word)).about(about.trim_start()).long_about(None)
                }))
            }

            fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
                Self::augment_subcommands(command)
            }

            fn has_subcommand(word: &str) -> bool {
                Self::ALL.iter().any(|(known, ..)| *known == word)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($word, own)) => <$args>::from_arg_matches(own).map(Self::$command),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

commands! { Command:
    /// Print a rule's page
    "explain" Explain(Explain),
    /// Compare what releases of BuildKit make of a file
    "releases" Releases(ReleasesArgs),
    /// Print what buildkitd runs with, and where each value comes from
    "show" Show(effective::ShowArgs),
    /// Print which hosts are asked for an image, in order, and which line says so
    "route" Route(effective::RouteArgs),
    /// List all rules
    "rules" Rules(Nothing),
    /// List the certificates that a file relies on, the soonest to expire first
    "certs" Certs(certs::Certs),
    /// Write a file anew for a release of BuildKit, and report what could not be
    "migrate" Migrate(Migrate),
    /// Print a JSON Schema
    "schema" Schema(WhichSchema),
    /// Judge what a builder of buildx really has
    "builder" Builder(BuilderArgs),
    /// Show what bklint.toml says about a file, and where
    "config" Config(ConfigOf),
    /// Write or test a policy
    "policy" Policy(Policy),
    /// Print a shell's completions
    "completions" Completions(Completions),
    /// Print the manual page, for `man -l -`
    "man" Man(Nothing),
}

commands! { PolicyCommand:
    /// Write a bklint.toml to begin with
    "init" Init(PolicyInit),
    /// Hold a bklint.toml against the cases in good and bad beside it
    "test" Test(PolicyTest),
}

#[derive(Args, Debug)]
struct Nothing {}

#[derive(Args, Debug)]
struct Explain {
    /// The rule, like syntax::unclosed
    rule: String,
}

#[derive(Args, Debug)]
struct WhichSchema {
    /// Of which file
    #[arg(default_value = "buildkitd")]
    name: Schema,
}

#[derive(Args, Debug)]
struct ConfigOf {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    layers: LayerArgs,
}

#[derive(Args, Debug)]
struct Policy {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Args, Debug)]
struct PolicyInit {
    /// recommended, strict or hardened
    #[arg(long, default_value = "recommended")]
    preset: String,
}

#[derive(Args, Debug)]
struct PolicyTest {
    /// Its folder
    #[arg(default_value = ".")]
    folder: PathBuf,
}

#[derive(Args, Debug)]
struct Completions {
    /// For which shell
    shell: Shell,
}

/// What is to be written, and the exit code.
#[derive(Debug, Default)]
pub struct Answer {
    /// For standard output.
    pub stdout: Vec<u8>,
    /// For standard error.
    pub stderr: String,
    /// For files.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// For standard output, if all files were written.
    pub written: Vec<u8>,
    /// 0, 1 for findings at deny, 2 for what could not be done.
    pub code: u8,
    /// What is not needed any more. A process that ends need not take it apart, which would be a
    /// tenth of a run on a small file.
    rest: Vec<Box<dyn Any>>,
}

impl Answer {
    fn print(text: impl Into<Vec<u8>>) -> Self {
        Self { stdout: text.into(), ..Self::default() }
    }

    /// Something could not be done.
    pub fn fail(&mut self, error: impl AsRef<str>) {
        self.say(error.as_ref());
        self.code = 2;
    }

    /// The same with asterisks for all that looks like a secret.
    fn masked(mut self) -> Self {
        if let Cow::Owned(text) = mask(&String::from_utf8_lossy(&self.stdout)) {
            self.stdout = text.into_bytes();
        }
        mask_in_place(&mut self.stderr);
        self
    }

    fn say(&mut self, text: &str) {
        // Writing to a `String` cannot fail.
        _ = writeln!(self.stderr, "bklint: {}", escape(text));
    }
}

/// The arguments, and what reading them leaves behind.
struct Parsed {
    cli: Cli,
    places: Places,
    rest: (clap::Command, ArgMatches),
}

fn parse(args: impl Iterator<Item = OsString>) -> Result<Parsed, clap::Error> {
    let args: Vec<_> = args.collect();
    let mut command = Cli::command();
    if args.get(1).is_some_and(|first| first == "--help") {
        // One line an option: clap's own long form takes three.
        command = command.mut_args(|arg| arg.hide_short_help(false)).after_help(ALL_HELP);
    }
    let mut matches = command.try_get_matches_from_mut(args)?;
    let places = LevelArgs::places(&matches);
    let cli = Cli::from_arg_matches_mut(&mut matches)?;
    Ok(Parsed { cli, places, rest: (command, matches) })
}

/// Reads arguments, does nothing with them and takes everything apart, as a program does that uses
/// the same parser: what a run is measured against.
///
/// # Errors
/// What `clap` has to say about them.
pub fn parse_only(args: impl IntoIterator<Item = OsString>) -> Result<(), clap::Error> {
    parse(args.into_iter()).map(|_| ())
}

/// Does what the arguments (the program's name first) ask for.
///
/// # Errors
/// What `clap` has to say about them, help and version included.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    world: &dyn Disk,
    stdin: &mut dyn Read,
) -> Result<Answer, clap::Error> {
    // `check` is what bklint does anyway. As a command of its own it would double what clap has
    // to set up, which is most of what a run on a small file costs.
    let mut args = args.into_iter().peekable();
    let program = args.peek().cloned().unwrap_or_default();
    let args = args.enumerate().filter(|(at, arg)| *at != 1 || arg != "check");
    let Parsed { cli, places, rest } = parse(args.map(|(_, arg)| arg))?;
    // Reports are rid of secrets where they are made; these repeat what stands in a file.
    let repeats = matches!(
        cli.command,
        Some(
            Command::Certs(_)
                | Command::Releases(_)
                | Command::Builder(_)
                | Command::Show(_)
                | Command::Route(_)
                | Command::Config(_)
        )
    );
    let done = match cli.command {
        None => check::check(cli.check, &places, world, stdin),
        Some(Command::Explain(asked)) => print::explain(&asked.rule).map(Answer::print),
        Some(Command::Certs(asked)) => {
            certs::certs(asked, &look::Look::new(args::Color::Never, false, world), world)
        }
        Some(Command::Releases(args)) => releases::run(&args, world, stdin),
        Some(Command::Builder(args)) => builder::run(args, world),
        Some(Command::Show(args)) => effective::show(args, world, stdin),
        Some(Command::Route(args)) => effective::route(args, world, stdin),
        // Rules that are not bound to the release are allowed there, so this ends.
        Some(Command::Migrate(asked)) => return run(asked.check(program), world, stdin),
        Some(Command::Config(asked)) => policy::config(&asked.file, &asked.layers, world),
        Some(Command::Policy(asked)) => match asked.command {
            PolicyCommand::Init(asked) => policy::init(&asked.preset, world),
            PolicyCommand::Test(asked) => policy::test(&asked.folder, world),
        },
        Some(Command::Rules(_)) => Ok(Answer::print(print::rules())),
        Some(Command::Schema(asked)) => Ok(Answer::print(print::schema(asked.name))),
        Some(Command::Completions(asked)) => {
            Ok(Answer::print(print::completions(asked.shell, Cli::command())))
        }
        Some(Command::Man(_)) => Ok(Answer::print(print::man(Cli::command()))),
    };
    let done = done.map(|answer| if repeats { answer.masked() } else { answer });
    let mut answer = done.unwrap_or_else(|error| {
        let mut answer = Answer::default();
        answer.fail(error);
        answer
    });
    answer.rest.push(Box::new(rest));
    Ok(answer)
}
