//! The command line: what is asked for, and what is answered. [`run`] computes everything that
//! is to be written; `main` writes it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::discover::{Input, discover};
use crate::levels::{Levels, Wish, find_rule};
use crate::render::human::{closing, human, is_clean};
use crate::render::{RuleInfo, Style, concise, escape, json, level_word, sarif};
use crate::report::{FileReport, Level, Report};
use crate::rules::RULES;
use crate::session::Session;
use crate::settings::{Deploy, Files, Releases, Settings, parse_memory};
use crate::source::{MAX_FILE, Source};
use crate::world::{Failure, World};
use crate::{clock, page};

/// Says what buildkitd will really do with its buildkitd.toml.
///
/// Without a path: the work tree's files, or, outside one, those that buildkitd and buildx read
/// on this machine.
#[derive(Parser, Debug)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    override_usage = "bklint [check] [OPTIONS] [PATH|GLOB|-]...\n       \
                      bklint explain RULE\n       bklint rules\n       bklint schema [NAME]",
    after_help = "Exit code: 0 fine or warnings only, 1 errors found, 2 something could not be done."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: Check,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print a rule's page
    Explain {
        /// The rule, like syntax::unclosed
        rule: String,
    },
    /// List all rules
    Rules,
    /// Print a JSON Schema
    Schema {
        /// Of which file
        #[arg(default_value = "buildkitd")]
        name: Schema,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Schema {
    /// buildkitd.toml
    Buildkitd,
    /// bklint.toml
    Config,
    /// The JSON report
    Report,
}

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Check {
    /// Files, globs, folders to search, or - for standard input
    #[arg(value_name = "PATH|GLOB|-")]
    paths: Vec<PathBuf>,

    /// Do not report a rule, `group::*`, notes, warnings or pedantic
    #[arg(short = 'A', long, value_name = "RULE", help_heading = "Levels")]
    allow: Vec<String>,
    /// Report it as a note
    #[arg(short = 'N', long, value_name = "RULE", help_heading = "Levels")]
    note: Vec<String>,
    /// Report it as a warning
    #[arg(short = 'W', long, value_name = "RULE", help_heading = "Levels")]
    warn: Vec<String>,
    /// Report it as an error
    #[arg(short = 'D', long, value_name = "RULE", help_heading = "Levels")]
    deny: Vec<String>,
    /// Report it as an error, whatever else is said
    #[arg(short = 'F', long, value_name = "RULE", help_heading = "Levels")]
    forbid: Vec<String>,

    /// How buildkitd is run
    #[arg(long, value_name = "HOW", help_heading = "Deployment")]
    deploy: Option<Deploy>,
    /// The release it is, or several: 0.17 or 0.13..0.32
    #[arg(long, value_name = "RELEASE", default_value_t, help_heading = "Deployment")]
    buildkit: Releases,
    /// Processors of its machine
    #[arg(
        long, value_name = "N", help_heading = "Deployment",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    cpus: Option<u32>,
    /// Memory of its machine, like 16GiB
    #[arg(long, value_name = "SIZE", value_parser = parse_memory, help_heading = "Deployment")]
    memory: Option<u64>,
    /// Whether to look at the files that a configuration names
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Deployment")]
    files: Files,
    /// The folder that stands for / when they are looked at
    #[arg(long, value_name = "DIR", help_heading = "Deployment")]
    root: Option<PathBuf>,
    /// The time to judge by, like 2027-01-31 or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Deployment")]
    now: Option<i64>,
    /// Check what buildkitd and buildx read on this machine
    #[arg(long, help_heading = "Deployment")]
    system: bool,

    /// How to print the report, and to which file: human, concise, json or sarif, json=FILE
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_output, help_heading = "Output")]
    format: Vec<Output>,
    /// The name to report standard input under
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = "Output")]
    stdin_filename: String,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
    /// Print nothing but the report and errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Print all notes, fixes and reasons
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// Count the findings of each rule
    #[arg(long, help_heading = "Output")]
    statistics: bool,
    /// Exit with 0 even if errors are found
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Output")]
    exit_zero: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
    Sarif,
}

/// A format, and the file it goes to instead of standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Output {
    format: Format,
    file: Option<PathBuf>,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file has no name".into()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = || "known are human, concise, json and sarif".to_owned();
    Ok(Output { format: Format::from_str(name, false).map_err(|_| known())?, file })
}

fn parse_time(text: &str) -> Result<i64, String> {
    clock::parse_rfc3339(text).ok_or_else(|| "expected a time like 2027-01-31T12:00:00Z".into())
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
    /// 0, 1 for findings at deny, 2 for what could not be done.
    pub code: u8,
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

    fn say(&mut self, text: &str) {
        // Writing to a `String` cannot fail.
        _ = writeln!(self.stderr, "bklint: {}", escape(text));
    }
}

fn parse(args: impl Iterator<Item = OsString>) -> Result<(Cli, clap::ArgMatches), clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    Ok((Cli::from_arg_matches(&matches)?, matches))
}

/// Reads arguments and does nothing with them: what a run costs at the very least.
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
    world: &dyn World,
    stdin: &mut dyn Read,
) -> Result<Answer, clap::Error> {
    // `check` is what bklint does anyway. As a command of its own it would double what clap has
    // to set up, which is most of what a run on a small file costs.
    let args = args.into_iter().enumerate().filter(|(at, arg)| *at != 1 || arg != "check");
    let (cli, matches) = parse(args.map(|(_, arg)| arg))?;
    let done = match cli.command {
        None => {
            levels(&cli.check, &matches).and_then(|levels| check(cli.check, levels, world, stdin))
        }
        Some(Command::Explain { rule }) => find_rule(&rule)
            .map(|rule| Answer::print(page::body(rule.page)))
            .map_err(|error| error.to_string()),
        Some(Command::Rules) => Ok(Answer::print(list())),
        Some(Command::Schema { name }) => schema(name).map(Answer::print),
    };
    Ok(done.unwrap_or_else(|error| {
        let mut answer = Answer::default();
        answer.fail(error);
        answer
    }))
}

/// All rules, a line each.
fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in RULES {
        let level = match rule.front().level {
            Level::Allow => "allow",
            level => level_word(level),
        };
        _ = writeln!(out, "{:width$}  {level:7}  {}", rule.id, page::summary(rule.page));
    }
    out
}

fn schema(name: Schema) -> Result<String, String> {
    let file = match name {
        Schema::Buildkitd => {
            let schema = crate::schema::json_schema(crate::decode::root_keys());
            return Ok(format!("{schema:#}\n"));
        }
        Schema::Config => "bklint.toml",
        Schema::Report => "the JSON report",
    };
    Err(format!("this version has no JSON Schema of {file}"))
}

/// The wishes in the order of the command line, which clap keeps for each option alone.
fn levels(check: &Check, matches: &clap::ArgMatches) -> Result<Levels, String> {
    let options = [
        ("allow", Wish::Set(Level::Allow), &check.allow),
        ("note", Wish::Set(Level::Note), &check.note),
        ("warn", Wish::Set(Level::Warn), &check.warn),
        ("deny", Wish::Set(Level::Deny), &check.deny),
        ("forbid", Wish::Forbid, &check.forbid),
    ];
    let mut wishes: Vec<_> = options
        .into_iter()
        .flat_map(|(id, wish, selectors)| {
            let places = matches.indices_of(id).into_iter().flatten();
            places.zip(selectors).map(move |(place, selector)| (place, wish, selector))
        })
        .collect();
    wishes.sort_by_key(|(place, ..)| *place);
    let mut levels = Levels::default();
    for (_, wish, selector) in wishes {
        levels.push(wish, selector).map_err(|error| error.to_string())?;
    }
    Ok(levels)
}

fn check(
    check: Check,
    levels: Levels,
    world: &dyn World,
    stdin: &mut dyn Read,
) -> Result<Answer, String> {
    let mut outputs = check.format;
    if outputs.is_empty() {
        outputs.push(Output { format: Format::Human, file: None });
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err("only one format fits standard output; \
                    give the others a file, as in --format sarif=out.sarif"
            .into());
    }
    let settings = Settings {
        deploy: check.deploy,
        buildkit: check.buildkit,
        cpus: check.cpus,
        memory: check.memory,
        files: check.files,
        root: check.root,
        now: check.now,
    };

    let found = discover(&check.paths, check.system, &settings, world);
    let mut report = Report {
        notices: found.notices,
        errors: found.errors,
        buildkit: settings.buildkit.to_string(),
        ..Report::default()
    };
    let session = Session::new(settings, levels, world);
    let name = &check.stdin_filename;
    // There is one standard input, so threads do not share it.
    let mut piped = found.inputs.contains(&Input::Stdin).then(|| read_stdin(stdin));
    let jobs = found.inputs.into_iter().map(|input| match input {
        Input::Stdin => Job::Read(name.clone(), piped.take().unwrap_or(Ok(Vec::new()))),
        Input::File(path) => Job::Open(path),
    });
    for done in run_all(&jobs.collect::<Vec<_>>(), &session, world) {
        match done {
            Ok(file) => report.files.push(file),
            Err(error) => report.errors.push(error),
        }
    }

    let look = Look::new(check.color, check.verbose, world);
    let mut answer = Answer::default();
    for output in outputs {
        let style = look.style(output.file.is_none());
        let bytes = render(output.format, &report, session.settings(), &style);
        match output.file {
            Some(file) => answer.files.push((file, bytes)),
            None => answer.stdout = bytes,
        }
    }

    if !check.quiet {
        report.notices.iter().for_each(|notice| answer.say(notice));
        // Silence is what hooks print when all is well; somebody at a terminal wants an answer.
        if check.verbose || world.columns().is_some() || !is_clean(&report) {
            answer.stderr.push_str(&closing(&report, &look.style(true)));
        }
    }
    if check.statistics {
        answer.stderr.push_str(&statistics(&report));
    }
    if report.summary().deny > 0 && !check.exit_zero {
        answer.code = 1;
    }
    report.errors.iter().for_each(|error| answer.fail(error));
    Ok(answer)
}

/// A file to be judged.
enum Job {
    Open(PathBuf),
    Read(String, Result<Vec<u8>, Failure>),
}

impl Job {
    fn run(&self, session: &Session<'_>, world: &dyn World) -> Result<FileReport, String> {
        let (name, bytes) = match self {
            Self::Open(path) => (path.display().to_string(), world.read(path, MAX_FILE)),
            Self::Read(name, bytes) => (name.clone(), bytes.clone()),
        };
        match bytes {
            Ok(bytes) => Ok(session.check(Source::new(name, bytes))),
            Err(failure) => Err(format!("{name}: {failure}")),
        }
    }
}

/// Judges all files, several at a time, and keeps their order.
fn run_all(
    jobs: &[Job],
    session: &Session<'_>,
    world: &dyn World,
) -> Vec<Result<FileReport, String>> {
    let threads = if jobs.len() < 2 { 1 } else { world.cpus().unwrap_or(1).min(jobs.len()) };
    if threads < 2 {
        return jobs.iter().map(|job| job.run(session, world)).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return done };
            done.push((at, job.run(session, world)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn read_stdin(stdin: &mut dyn Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = stdin.take(MAX_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Other(error.to_string()))?;
    if bytes.len() as u64 > MAX_FILE { Err(Failure::TooLarge(MAX_FILE)) } else { Ok(bytes) }
}

/// How text for people looks on this terminal.
struct Look {
    color: bool,
    terminal: Option<usize>,
    columns: Option<usize>,
    verbose: bool,
}

impl Look {
    fn new(color: Color, verbose: bool, world: &dyn World) -> Self {
        // An empty variable counts as none, which is how NO_COLOR wants to be read.
        let set = |name| world.env(name).filter(|value| !value.is_empty());
        let terminal = world.columns();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR").is_some() => false,
            Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Color::Auto => terminal.is_some() && set("TERM").is_none_or(|term| term != "dumb"),
        };
        let columns = world.env("COLUMNS").and_then(|columns| columns.parse().ok());
        Self { color, terminal, columns, verbose }
    }

    /// A file gets neither colours nor the terminal's width.
    fn style(&self, terminal: bool) -> Style {
        let width = self.terminal.or(self.columns).filter(|width| terminal && *width > 0);
        Style {
            color: self.color && terminal,
            width: width.unwrap_or(80),
            verbose: self.verbose,
            links: self.color && terminal && self.terminal.is_some(),
        }
    }
}

fn render(format: Format, report: &Report, settings: &Settings, style: &Style) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to a `Vec` cannot fail.
    _ = match format {
        Format::Human => human(report, style, &mut out),
        Format::Concise => concise::concise(report, &mut out),
        Format::Json => {
            let deployment = serde_json::to_value(settings).unwrap_or_default();
            json::json(report, &deployment, &mut out)
        }
        Format::Sarif => sarif::sarif(report, &rule_infos(), &mut out),
    };
    out
}

/// What SARIF wants to know about all rules.
fn rule_infos() -> Vec<RuleInfo<'static>> {
    let info = |rule: &&'static crate::rules::Rule| {
        let front = rule.front();
        RuleInfo {
            id: rule.id,
            summary: page::summary(rule.page),
            markdown: page::body(rule.page),
            level: front.level,
            impact: front.impact,
        }
    };
    RULES.iter().map(info).collect()
}

/// How often each rule fired, the most frequent first.
fn statistics(report: &Report) -> String {
    let mut counts = std::collections::BTreeMap::<_, usize>::new();
    let findings = report.files.iter().flat_map(|file| &file.findings);
    for finding in findings.filter(|finding| finding.level != Level::Allow) {
        *counts.entry((finding.rule, finding.level)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut out = String::new();
    for ((rule, level), count) in counts {
        _ = writeln!(out, "{count:5}  {}[{rule}]", level_word(level));
    }
    out
}
