//! `bklint [check]`: from paths to the report.

use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ArgMatches;

use super::Answer;
use super::args::Check;
use super::look::Look;
use super::output::{Printer, outputs};
use crate::discover::{Input, discover};
use crate::render::human::{closing, is_clean};
use crate::render::level_word;
use crate::report::{FileReport, Level, Report};
use crate::session::Session;
use crate::source::{MAX_FILE, Source};
use crate::world::{Failure, World};

/// Judges files and prints what was found.
pub fn check(
    check: Check,
    matches: &ArgMatches,
    world: &dyn World,
    stdin: &mut dyn Read,
) -> Result<Answer, String> {
    let levels = check.levels.parse(matches)?;
    let output = check.output;
    let outputs = outputs(output.format)?;
    let settings = check.deployment.settings();

    let found = discover(&check.paths, check.system, &settings, world);
    let mut report = Report {
        notices: found.notices,
        errors: found.errors,
        buildkit: settings.buildkit.to_string(),
        ..Report::default()
    };
    let session = Session::new(settings, levels, world);
    let name = &output.stdin_filename;
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

    let look = Look::new(output.color, output.verbose, world);
    let mut answer = Answer { code: code(&report, output.exit_zero), ..Answer::default() };
    let printer = Printer { report: &report, session: &session, exit_code: answer.code };
    for target in outputs {
        let bytes = printer.print(target.format, &look.style(target.file.is_none()));
        match target.file {
            Some(file) => answer.files.push((file, bytes)),
            None => answer.stdout = bytes,
        }
    }

    if !output.quiet {
        report.notices.iter().for_each(|notice| answer.say(notice));
        // Silence is what hooks print when all is well; somebody at a terminal wants an answer.
        if output.verbose || world.columns().is_some() || !is_clean(&report) {
            answer.stderr.push_str(&closing(&report, &look.style(true)));
        }
    }
    if output.statistics {
        answer.stderr.push_str(&statistics(&report));
    }
    report.errors.iter().for_each(|error| answer.fail(error));
    Ok(answer)
}

/// The same for every format: what could not be done beats what was found.
fn code(report: &Report, exit_zero: bool) -> u8 {
    match () {
        () if !report.errors.is_empty() => 2,
        () if report.summary().deny > 0 && !exit_zero => 1,
        () => 0,
    }
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
