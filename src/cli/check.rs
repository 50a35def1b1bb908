//! `bklint [check]`: from paths to the report.

use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::Answer;
use super::args::{Check, FixArgs, Places};
use super::look::Look;
use super::output::{Printer, outputs};
use crate::baseline::Baseline;
use crate::config::find::Configs;
use crate::discover::{Input, discover};
use crate::fix::{Fixed, MOST, fix};
use crate::order::Order;
use crate::release::NEWEST;
use crate::render::diff::diff;
use crate::render::human::{closing, is_clean};
use crate::render::{Style, level_word};
use crate::report::{Applicability, FileReport, Level, Report, SuppressedBy};
use crate::session::Session;
use crate::share::share;
use crate::source::{MAX_FILE, Source};
use crate::world::{Disk, Failure, replace};

/// Judges files and prints what was found.
pub fn check(
    check: Check,
    places: &Places,
    world: &dyn Disk,
    stdin: &mut dyn Read,
) -> Result<Answer, String> {
    let levels = check.levels.parse(places)?;
    let output = check.output;
    let outputs = outputs(output.format)?;
    let known = match &check.config.baseline {
        Some(path) if !check.config.write_baseline => Some(Baseline::read(path, world)?),
        _ => None,
    };
    let (configs, mut notices) = check.config.layers.configs(check.deployment, levels, world)?;
    let session = Session::configured(configs);
    // A baseline knows findings that are not listed, too.
    let session = if check.config.baseline.is_some() { session.keeping_all() } else { session };
    let settings = session.settings();
    let configs = session.configs();
    let found = discover(&check.paths, check.system, check.config.force_exclude, configs);
    notices.extend(found.notices);
    let newest = settings.buildkit.to;
    if newest.minor > NEWEST.minor {
        notices.push(format!(
            "{newest} is newer than {NEWEST}, the newest release known, and is judged like it"
        ));
    }
    let mut report = Report {
        notices,
        errors: found.errors,
        buildkit: settings.buildkit.to_string(),
        dry: check.fix.diff,
        show_suppressed: output.report_suppressed,
        baseline: known.is_some(),
        ..Report::default()
    };
    // A slip such as `--format json=buildkitd.toml` would cost the user the file.
    let checked = |file: &PathBuf| {
        let same = |input: &Input| matches!(input, Input::File(path) | Input::Unsure(path) if path == file);
        found.inputs.iter().any(same)
    };
    if let Some(file) =
        outputs.iter().filter_map(|output| output.file.as_ref()).find(|f| checked(f))
    {
        return Err(format!("{} is to be checked and to be overwritten", file.display()));
    }
    let name = &output.stdin_filename;
    let look = Look::new(output.color, output.verbose, world);
    let mend = Mend::new(&check.fix);
    // Text or differences go to standard output; the report has to make room.
    let text_first =
        mend.is_some_and(|mend| mend.diff) || check.fix.fix && found.inputs.contains(&Input::Stdin);
    let run = Run { session: &session, disk: world, mend, style: look.style(true) };
    // There is one standard input, so threads do not share it.
    let mut piped = found.inputs.contains(&Input::Stdin).then(|| read_stdin(stdin));
    let jobs = found.inputs.into_iter().map(|input| match input {
        Input::Stdin => Job::Read(name.clone(), piped.take().unwrap_or(Ok(Vec::new()))),
        Input::File(path) => Job::Open(path, true),
        Input::Unsure(path) => Job::Open(path, false),
    });
    let jobs: Vec<_> = jobs.collect();
    let mut answer = Answer::default();
    report.files.reserve(jobs.len());
    for done in share(&jobs, 16, world, |jobs| run.some(jobs)) {
        report.files.extend(done.file);
        report.errors.extend(done.error);
        report.notices.extend(done.notice);
        answer.stdout.extend(done.text);
    }
    let mut layers = session.layers();
    layers
        .retain(|layer| report.files.iter().all(|file| file.source.name() != layer.source.name()));
    report.files.append(&mut layers);
    report.others = configs.layers().iter().map(|layer| Arc::clone(&layer.source)).collect();
    report.notices.extend(configs.notices());
    report.errors.extend(configs.errors());
    if let Some(path) = &check.config.baseline {
        let known = known.unwrap_or_else(|| Baseline::of(&report, path, world));
        let (left, fixed) = known.apply(&mut report, path, world);
        if check.config.write_baseline {
            answer.files.push((path.clone(), known.bytes()));
        } else if check.config.prune_baseline {
            answer.files.push((path.clone(), left.bytes()));
        } else if fixed > 0 {
            let name = path.display();
            let entries = if fixed == 1 { "an entry" } else { "entries" };
            report.notices.push(format!(
                "{name}: {fixed} no longer found; --prune-baseline takes {entries} out"
            ));
        }
    }
    report.limit();
    if output.verbose {
        report.notices.extend(hidden(&found.excluded, configs));
        report.notices.extend(silenced(&report));
    }

    answer.code = code(&report, output.exit_zero);
    let printer = Printer { report: &report, session: &session, exit_code: answer.code };
    for target in outputs {
        let bytes = printer.print(target.format, &look.style(target.file.is_none()));
        match target.file {
            Some(file) => answer.files.push((file, bytes)),
            None if text_first => answer.stderr.push_str(&String::from_utf8_lossy(&bytes)),
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
    answer.rest.push(Box::new(report));
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

/// What decides over findings without being seen in them: configuration, and what it excludes.
fn hidden(excluded: &[PathBuf], configs: &Configs<'_>) -> Vec<String> {
    let layers = configs.layers();
    let mut notices: Vec<_> =
        layers.iter().map(|layer| format!("using {}", layer.source.name())).collect();
    if !excluded.is_empty() {
        let names: Vec<_> = excluded.iter().map(|path| path.display().to_string()).collect();
        notices.push(format!("excluded by bklint.toml: {}", names.join(", ")));
    }
    notices
}

/// How many findings are silenced, and by what.
fn silenced(report: &Report) -> Option<String> {
    let mut counts = std::collections::BTreeMap::<_, usize>::new();
    let findings = report.files.iter().flat_map(|file| &file.findings);
    for (why, _) in findings.filter_map(|finding| finding.suppressed.as_ref()) {
        let file = || why.place.rsplit_once(':').map_or(&*why.place, |(file, _)| file);
        let by = match why.kind {
            SuppressedBy::Inline => "comments".to_owned(),
            SuppressedBy::Config => format!("levels in {}", file()),
            SuppressedBy::Baseline => why.place.clone(),
        };
        *counts.entry((why.kind, by)).or_default() += 1;
    }
    let mut parts: Vec<_> =
        counts.iter().map(|((_, by), count)| format!("{count} by {by}")).collect();
    let more: usize = report.files.iter().map(|file| file.omitted.suppressed).sum();
    parts.extend((more > 0).then(|| format!("{more} more")));
    (!parts.is_empty()).then(|| format!("silenced: {}", parts.join(", ")))
}

/// A file to be judged.
enum Job {
    /// A path, and whether it is known to lead to a regular file.
    Open(PathBuf, bool),
    Read(String, Result<Vec<u8>, Failure>),
}

/// How files are mended.
#[derive(Clone, Copy)]
struct Mend {
    least: Applicability,
    diff: bool,
}

impl Mend {
    fn new(args: &FixArgs) -> Option<Self> {
        let least = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        (args.fix || args.diff).then_some(Self { least, diff: args.diff })
    }
}

/// What became of a file.
#[derive(Default)]
struct Done {
    file: Option<FileReport>,
    error: Option<String>,
    notice: Option<String>,
    /// For standard output.
    text: Vec<u8>,
}

/// The bytes of a file that may wait until others are read.
const SMALL: usize = 16 << 10;

/// What all files have in common.
struct Run<'a> {
    session: &'a Session<'a>,
    disk: &'a dyn Disk,
    mend: Option<Mend>,
    style: Style,
}

impl Run<'_> {
    /// Judges some files, small ones together.
    fn some(&self, jobs: &[Job]) -> Vec<Done> {
        let mut done = Vec::with_capacity(jobs.len());
        let mut waiting = Vec::with_capacity(jobs.len());
        for job in jobs {
            let (name, bytes) = match job {
                Job::Open(path, seen) => {
                    let bytes = match seen {
                        true => self.disk.read_seen(path, MAX_FILE),
                        false => self.disk.read(path, MAX_FILE),
                    };
                    (path.to_string_lossy().into_owned(), bytes)
                }
                Job::Read(name, bytes) => (name.clone(), bytes.clone()),
            };
            let other = match (bytes, self.mend) {
                (Ok(bytes), None) => {
                    let small = bytes.len() <= SMALL;
                    waiting.push(Source::new(name, bytes));
                    if small {
                        continue;
                    }
                    None
                }
                (Ok(bytes), Some(mend)) => Some(self.mend(mend, job, &name, &bytes)),
                (Err(failure), _) => {
                    Some(Done { error: Some(format!("{name}: {failure}")), ..Done::default() })
                }
            };
            self.judge(&mut waiting, &mut done);
            done.extend(other);
        }
        self.judge(&mut waiting, &mut done);
        done
    }

    fn judge(&self, waiting: &mut Vec<Source>, done: &mut Vec<Done>) {
        let reports = self.session.check_all(waiting.split_off(0));
        done.extend(reports.into_iter().map(|mut file| {
            if file.findings.is_empty() && !file.own {
                file.source.forget();
            }
            Done { file: Some(file), ..Done::default() }
        }));
    }

    fn mend(&self, mend: Mend, job: &Job, name: &str, old: &[u8]) -> Done {
        let before = || self.session.check(Source::new(name, old.to_vec()));
        let Fixed { bytes, mut report, too_many, .. } =
            fix(self.session, name, old.to_vec(), mend.least);
        let mut done = Done::default();
        if too_many {
            done.error = Some(format!("{name}: more than {MOST} findings, too many to fix"));
        }
        match job {
            _ if mend.diff => {
                // Both as they are reported, without secrets.
                let before = before().source;
                let text = diff(name, before.text(), report.source.text(), &self.style);
                if !text.is_empty() && before.text().as_bytes() != old {
                    let hides = "the difference hides secrets, so it cannot be applied";
                    done.notice = Some(format!("{name}: {hides}"));
                }
                done.text = text.into_bytes();
            }
            Job::Read(..) => done.text = bytes,
            Job::Open(path, _) if bytes != old => {
                if let Err(failure) = replace(self.disk, path, old, &bytes) {
                    done.error = Some(format!("{name}: {failure}; nothing was written"));
                    report = before();
                }
            }
            Job::Open(..) => {}
        }
        done.file = Some(report);
        done
    }
}

pub fn read_stdin(stdin: &mut dyn Read) -> Result<Vec<u8>, Failure> {
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
        *counts.entry((&finding.rule, finding.level)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.order_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut out = String::new();
    for ((rule, level), count) in counts {
        _ = writeln!(out, "{count:5}  {}[{rule}]", level_word(level));
    }
    match report.summary().omitted {
        0 => {}
        more => _ = writeln!(out, "{more:5}  more, too many to list"),
    }
    out
}
