//! Findings as rustc prints them, and the closing lines.
//!
//! `annotate-snippets` draws the lines with marks. Title, place, notes and patches are written
//! here: it wraps no notes, counts columns in the text it was given (which has been cut and
//! escaped), and varies the layout of patches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

use annotate_snippets::Level as Severity;
use annotate_snippets::renderer as theme;
use unicode_width::UnicodeWidthStr;

use super::patch::{Hunk, hunks};
use super::snippet::{Cluster, Mark};
use super::{Style, cut, escape, findings, label_source, level_word, plural, rule_url, visible};
use crate::hash::HashMap;
use crate::order::Order;
use crate::report::{Counts, FileReport, Finding, Level, MOST, Report, Unchecked, Verdict};
use crate::source::Source;

/// Narrower terminals are written for as if they were this wide.
pub(super) const MIN_WIDTH: usize = 40;

/// Lines of a patch that are shown unless everything is asked for.
const MAX_PATCH: usize = 24;

/// Findings that are shown unless everything is asked for.
const MAX_FINDINGS: usize = 1000;

/// More files than this get closing lines only where something is wrong.
const MANY_FILES: usize = 5;

/// Prints the findings, an empty line between them. Of a rule's notes in one file only the
/// first is shown, unless everything is asked for, and so it is with what comes after a thousand
/// findings.
///
/// # Errors
/// When the writer fails.
pub fn human(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { report, style, width: style.width.max(MIN_WIDTH), out };
    let (mut shown, mut more_errors, mut more) = (0, 0, 0);
    let mut omitted = Counts::default();
    for file in &report.files {
        omitted += file.omitted;
        let mut alike = HashMap::<_, usize>::default();
        for finding in file.findings.iter().filter(|finding| finding.level == Level::Note) {
            *alike.entry(&*finding.rule).or_default() += 1;
        }
        let all = report.show_suppressed;
        for finding in file.findings.iter().filter(|finding| finding.shown(all).is_some()) {
            let mut alike_more = 0;
            if finding.level == Level::Note && !style.verbose {
                match alike.remove(&*finding.rule) {
                    Some(count) => alike_more = count - 1,
                    None => continue,
                }
            }
            if shown == MAX_FINDINGS && !style.verbose {
                more += 1;
                more_errors += usize::from(finding.level == Level::Deny);
                continue;
            }
            if shown > 0 {
                writeln!(page.out)?;
            }
            shown += 1;
            page.finding(&file.source, finding, alike_more)?;
        }
    }
    let all = more + omitted.reported();
    if all > 0 {
        let findings = plural(all, "more finding");
        let verb = if all == 1 { "is" } else { "are" };
        let hint = match more {
            _ if omitted.reported() == 0 => "-v shows all".to_owned(),
            0 => format!("{MOST} are the most"),
            more => format!("-v shows {more} of them"),
        };
        let errors = match more_errors + omitted.deny {
            0 => String::new(),
            errors => format!(", {} among them,", plural(errors, "error")),
        };
        writeln!(page.out, "\n{findings}{errors} {verb} not shown ({hint})")?;
    }
    Ok(())
}

struct Page<'a> {
    report: &'a Report,
    style: &'a Style,
    width: usize,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn finding(&mut self, source: &Source, finding: &Finding, more: usize) -> io::Result<()> {
        let mut notes: Vec<Cow<'_, str>> =
            finding.notes.iter().map(|note| Cow::from(&**note)).collect();
        let clusters = self.clusters(source, finding, &mut notes);
        if let Some((why, _)) = &finding.suppressed {
            notes.push(why.words().into());
        }
        if more > 0 {
            notes.push(format!("and {more} more like this (-v shows all)").into());
        }
        let fixes = finding.fixes.iter().filter(|fix| !fix.edits.is_empty());
        let shown = if self.style.verbose { usize::MAX } else { 1 };
        let fixes: Vec<_> = fixes.take(shown).map(|fix| (fix, hunks(source, &fix.edits))).collect();

        let numbers = clusters.iter().map(Cluster::last_number);
        let patched = fixes.iter().flat_map(|(_, hunks)| hunks).map(Hunk::last_number);
        let last = numbers.chain(patched).max().unwrap_or(1);
        let gutter = last.to_string().len();

        self.title(finding)?;
        self.snippets(&clusters, finding, gutter)?;
        let help = match &*fixes {
            [] => finding.help.as_ref().or(finding.fixes.first().map(|fix| &fix.title)),
            _ => None,
        };
        if !notes.is_empty() || !fixes.is_empty() || help.is_some() {
            self.bar(gutter, "|")?;
        }
        for note in &notes {
            self.remark(gutter, "note", note)?;
        }
        if let Some(help) = help {
            self.remark(gutter, "help", help)?;
        }
        for (index, (fix, hunks)) in fixes.iter().enumerate() {
            let own = finding.help.as_deref().filter(|_| index == 0);
            self.fix(gutter, own.unwrap_or(&fix.title), hunks)?;
        }
        Ok(())
    }

    /// Gathers the places of a finding; labels that cannot be drawn become notes.
    fn clusters<'f>(
        &self,
        source: &'f Source,
        finding: &'f Finding,
        notes: &mut Vec<Cow<'f, str>>,
    ) -> Vec<Cluster<'f>>
    where
        Self: 'f,
    {
        let primary = Mark::new(source, finding.span, &finding.label, true);
        let mut clusters = vec![Cluster::new(source, primary, self.width)];
        for label in &finding.labels {
            let own = label.file.as_deref().is_none_or(|file| file == source.name());
            let place = if own { Some(source) } else { label_source(self.report, source, label) };
            let (Some(place), Some(span)) = (place, label.span) else {
                let file = label.file.as_deref().unwrap_or(source.name());
                notes.push(match &*label.text {
                    "" => format!("see {file}").into(),
                    text => format!("{file}: {text}").into(),
                });
                continue;
            };
            let mut mark = Some(Mark::new(place, span, &label.text, false));
            for cluster in &mut clusters {
                mark = mark.and_then(|mark| cluster.add(place, mark));
            }
            clusters.extend(mark.map(|mark| Cluster::new(place, mark, self.width)));
        }
        clusters
    }

    fn title(&mut self, finding: &Finding) -> io::Result<()> {
        let level = finding.shown(true).unwrap_or(finding.level);
        let word = level_word(level);
        let level = match level {
            Level::Deny => theme::DEFAULT_ERROR_STYLE,
            Level::Warn => theme::DEFAULT_WARNING_STYLE,
            Level::Note | Level::Allow => theme::DEFAULT_NOTE_STYLE,
        };
        let id = if self.style.links {
            format!("\x1b]8;;{}\x1b\\{}\x1b]8;;\x1b\\", rule_url(&finding.rule), finding.rule)
        } else {
            finding.rule.to_string()
        };
        let head = format!("{word}[{id}]");
        let head = self.paint(level, head);
        let text = self.paint(
            theme::DEFAULT_EMPHASIS_STYLE,
            format!(": {}", cut(&finding.message, 0, self.width).trim_end()),
        );
        writeln!(self.out, "{head}{text}")
    }

    fn snippets(
        &mut self,
        clusters: &[Cluster<'_>],
        finding: &Finding,
        gutter: usize,
    ) -> io::Result<()> {
        let level = match finding.shown(true).unwrap_or(finding.level) {
            Level::Deny => Severity::ERROR,
            Level::Warn => Severity::WARNING,
            Level::Note | Level::Allow => Severity::NOTE,
        };
        for (index, cluster) in clusters.iter().enumerate() {
            let mut arrow = "-->";
            if index > 0 {
                self.bar(gutter, "|")?;
                arrow = ":::";
            }
            let at = cluster.source.position(cluster.start());
            let arrow = self.paint(theme::DEFAULT_LINE_NUM_STYLE, arrow);
            let name = escape(cluster.source.name());
            writeln!(self.out, "{:gutter$}{arrow} {name}:{}:{}", "", at.line, at.column)?;
            let indent = gutter.saturating_sub(cluster.last_number().to_string().len());
            for line in cluster.draw(level.clone(), self.style.color).lines() {
                writeln!(self.out, "{:indent$}{}", "", line.trim_end())?;
            }
        }
        Ok(())
    }

    /// A mark behind the empty gutter.
    fn bar(&mut self, gutter: usize, mark: &str) -> io::Result<()> {
        let mark = self.paint(theme::DEFAULT_LINE_NUM_STYLE, mark);
        writeln!(self.out, "{:gutter$} {mark}", "")
    }

    /// `= note: …`
    fn remark(&mut self, gutter: usize, kind: &str, text: &str) -> io::Result<()> {
        let mark = self.paint(theme::DEFAULT_LINE_NUM_STYLE, "=");
        let name = self.paint(theme::DEFAULT_EMPHASIS_STYLE, kind);
        write!(self.out, "{:gutter$} {mark} {name}: ", "")?;
        self.wrapped(gutter + kind.len() + 5, text)
    }

    fn fix(&mut self, gutter: usize, title: &str, hunks: &[Hunk<'_>]) -> io::Result<()> {
        let name = self.paint(theme::DEFAULT_HELP_STYLE, "help");
        write!(self.out, "{name}: ")?;
        self.wrapped(6, title)?;
        self.bar(gutter, "|")?;
        let mut left = if self.style.verbose { usize::MAX } else { MAX_PATCH };
        for (index, hunk) in hunks.iter().enumerate() {
            if index > 0 || left == 0 {
                writeln!(self.out, "{}", self.paint(theme::DEFAULT_LINE_NUM_STYLE, "..."))?;
            }
            if left == 0 {
                break;
            }
            self.hunk(gutter, hunk, &mut left)?;
        }
        self.bar(gutter, "|")
    }

    fn hunk(&mut self, gutter: usize, hunk: &Hunk<'_>, left: &mut usize) -> io::Result<()> {
        if let ([line], false) = (&*hunk.new, hunk.gained.is_empty())
            && line.len() <= 4 * self.width
        {
            return self.gain(gutter, hunk.new_number, line, &hunk.gained);
        }
        let old = hunk.old.iter().copied().zip(hunk.old_number..);
        let new = hunk.new.iter().map(String::as_str).zip(hunk.new_number..);
        let focus = match (&*hunk.old, &*hunk.new) {
            ([old, ..], [new, ..]) => {
                old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count()
            }
            _ => 0,
        };
        let old = old.map(|line| ("-", theme::DEFAULT_REMOVAL_STYLE, line));
        let new = new.map(|line| ("+", theme::DEFAULT_ADDITION_STYLE, line));
        for (sign, color, (line, number)) in old.chain(new) {
            if *left == 0 {
                return writeln!(self.out, "{}", self.paint(theme::DEFAULT_LINE_NUM_STYLE, "..."));
            }
            *left -= 1;
            let number = self.paint(theme::DEFAULT_LINE_NUM_STYLE, format!("{number:>gutter$}"));
            let line = cut(line, focus, self.width);
            let text = self.paint(color, format!("{sign} {line}").trim_end().to_owned());
            writeln!(self.out, "{number} {text}")?;
        }
        Ok(())
    }

    /// A line that gains some text, with `+` under it.
    fn gain(
        &mut self,
        gutter: usize,
        number: usize,
        line: &str,
        gained: &[std::ops::Range<usize>],
    ) -> io::Result<()> {
        let mut under = String::new();
        for range in gained {
            let column = |at| line.get(..at).map_or(0, |before| visible(before).width());
            let (start, end) = (column(range.start), column(range.end));
            under.extend(std::iter::repeat_n(' ', start.saturating_sub(under.len())));
            under.extend(std::iter::repeat_n('+', end.saturating_sub(under.len())));
        }
        let line = visible(line);
        let number = self.paint(theme::DEFAULT_LINE_NUM_STYLE, format!("{number:>gutter$} |"));
        writeln!(self.out, "{number} {}", line.trim_end())?;
        let bar = self.paint(theme::DEFAULT_LINE_NUM_STYLE, "|");
        let under = self.paint(theme::DEFAULT_ADDITION_STYLE, under);
        writeln!(self.out, "{:gutter$} {bar} {under}", "")
    }

    /// Text from column `indent` on; further lines begin there too.
    fn wrapped(&mut self, indent: usize, text: &str) -> io::Result<()> {
        // The last column stays free: some terminals break the line behind it.
        let width = self.width - 1 - indent.min(self.width / 2);
        let mut start = 0;
        for line in text.lines().flat_map(|line| wrap(escape(line), width)) {
            if start > 0 {
                write!(self.out, "{:start$}", "")?;
            }
            self.out.write_all(line.trim_end().as_bytes())?;
            self.out.write_all(b"\n")?;
            start = indent;
        }
        // No text, no line yet.
        if start == 0 { writeln!(self.out) } else { Ok(()) }
    }

    fn paint<T: Display>(&self, style: theme::Style, text: T) -> Painted<T> {
        Painted { style: if self.style.color { style } else { theme::Style::new() }, text }
    }
}

struct Painted<T> {
    style: theme::Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.style.is_plain() {
            return self.text.fmt(f);
        }
        write!(f, "{}{}{:#}", self.style, self.text, self.style)
    }
}

/// Breaks a line at spaces; a longer word stays whole.
pub(super) fn wrap(text: Cow<'_, str>, width: usize) -> Vec<String> {
    // What is escaped has no control characters, so plain text is as wide as it is long.
    let columns = |text: &str| if text.is_ascii() { text.len() } else { text.width() };
    if columns(&text) <= width {
        return vec![text.into_owned()];
    }
    let mut lines = Vec::new();
    let (mut start, mut at, mut used) = (0, 0, 0);
    for word in text.split(' ') {
        let columns = columns(word);
        if used > 0 && used + columns > width {
            lines.extend(text.get(start..at).map(str::to_owned));
            (start, used) = (at, 0);
        }
        at += word.len() + 1;
        used += columns + 1;
    }
    lines.extend(text.get(start..).map(str::to_owned));
    lines
}

/// Whether nothing was found: no finding, no negative verdict, no error, no fix. What was not
/// looked at does not count.
#[must_use]
pub fn is_clean(report: &Report) -> bool {
    report.errors.is_empty()
        && findings(report).next().is_none()
        && !report.files.iter().any(|file| is_refused(file) || file.fixed > 0)
}

fn is_refused(file: &FileReport) -> bool {
    [&file.loads, &file.starts, &file.creates].contains(&&Verdict::No)
}

/// The closing lines, for stderr: a verdict and counts for each file, and what was not checked.
/// Empty if there is nothing to say.
///
/// An [`Unchecked`] whose reason begins with `need ` (`need --deploy`) is a check that waits for
/// it; these are only counted.
#[must_use]
pub fn closing(report: &Report, style: &Style) -> String {
    let mut out = String::new();
    let many = report.files.len() > MANY_FILES;
    for file in &report.files {
        let mut tally = Tally { dry: report.dry, ..Tally::default() };
        tally.add(file);
        let speaks = tally.any() || is_refused(file) || (!many && !file.unchecked.is_empty());
        if speaks || style.verbose {
            let verdict = if file.own {
                "bklint's own configuration".to_owned()
            } else {
                let own = file.deployment.as_ref().map(|own| own.buildkit.to_string());
                verdict(file, own.as_ref().unwrap_or(&report.buildkit), style.verbose)
            };
            push_line(&mut out, format_args!("{}: {verdict}{tally}", escape(file.source.name())));
        }
        if let Some(deploy) = file.guess.filter(|_| speaks || style.verbose) {
            let why = "buildx takes this file for new builders";
            push_line(&mut out, format_args!("  judged for --deploy {deploy}: {why}"));
        }
        let said = file.deployment.as_ref().and_then(|own| own.deploy);
        if let Some(deploy) = said.filter(|_| speaks || style.verbose) {
            push_line(
                &mut out,
                format_args!("  judged for --deploy {deploy}, as bklint.toml says"),
            );
        }
        if !many {
            unchecked(&mut out, &file.unchecked, style.verbose);
        }
    }
    if many {
        let mut tally = Tally { dry: report.dry, ..Tally::default() };
        report.files.iter().for_each(|file| tally.add(file));
        let refused = report.files.iter().filter(|file| is_refused(file)).count();
        let left_out: Vec<_> = report.files.iter().flat_map(|file| &file.unchecked).collect();
        if tally.any() || refused > 0 || !left_out.is_empty() || style.verbose {
            let verdict = match refused {
                0 => "none refused".to_owned(),
                count => format!("{count} refused"),
            };
            push_line(&mut out, format_args!("{} files: {verdict}{tally}", report.files.len()));
        }
        unchecked(&mut out, left_out, style.verbose);
    }
    out
}

fn push_line(out: &mut String, line: fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    _ = writeln!(out, "{line}");
}

fn verdict(file: &FileReport, buildkit: &str, verbose: bool) -> String {
    let why = |what: &str, reason: &str| {
        if verbose { format!(" ({what} not decided: {})", escape(reason)) } else { String::new() }
    };
    let mut text = match (&file.loads, &file.starts) {
        (Verdict::No, _) => format!("does not load with BuildKit {buildkit}"),
        (Verdict::Unknown(reason), _) => {
            format!("may or may not load with BuildKit {buildkit}{}", why("load", reason))
        }
        (Verdict::Yes, Verdict::Yes) => format!("loads and starts with BuildKit {buildkit}"),
        (Verdict::Yes, Verdict::No) => {
            format!("loads, but does not start with BuildKit {buildkit}")
        }
        (Verdict::Yes, Verdict::Unknown(reason)) => {
            format!("loads with BuildKit {buildkit}{}", why("start", reason))
        }
    };
    if file.creates == Verdict::No {
        text.push_str(", `docker buildx create` refuses it");
    }
    text
}

/// Counts of findings, written as `; 2 errors, 1 note; 3 fixed; 2 fixable with --fix`.
#[derive(Default)]
struct Tally {
    counts: Counts,
    dry: bool,
    fixed: usize,
}

impl Tally {
    fn add(&mut self, file: &FileReport) {
        self.fixed += file.fixed;
        self.counts += file.counts();
    }

    fn any(&self) -> bool {
        self.counts.reported() + self.fixed > 0
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { deny, warn, note, safe, unsafe_, .. } = self.counts;
        let counts = [(deny, Level::Deny), (warn, Level::Warn), (note, Level::Note)];
        let mut before = "; ";
        for (count, level) in counts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{before}{}", plural(count, level_word(level)))?;
            before = ", ";
        }
        if self.fixed > 0 {
            write!(f, "; {}{} fixed", self.fixed, if self.dry { " can be" } else { "" })?;
        }
        match (safe, unsafe_) {
            (0, 0) => Ok(()),
            (safe, 0) => write!(f, "; {safe} fixable with --fix"),
            (0, more) => write!(f, "; {more} fixable with --fix --unsafe-fixes"),
            (safe, more) => write!(f, "; {safe} fixable with --fix, {more} with --unsafe-fixes"),
        }
    }
}

/// Says what was not checked, one line a reason.
fn unchecked<'a>(out: &mut String, items: impl IntoIterator<Item = &'a Unchecked>, verbose: bool) {
    let mut by_reason = BTreeMap::<_, Vec<&str>>::new();
    for item in items {
        let flag = item.reason.strip_prefix("need ");
        by_reason.entry((flag, &*item.reason)).or_default().push(&item.what);
    }
    for ((flag, reason), mut what) in by_reason {
        what.order();
        what.dedup();
        let count = what.len();
        let names = match &*what {
            _ if verbose => what.join(", "),
            [one] => (*one).to_owned(),
            many if many.iter().all(|name| name.contains('/')) => format!("{count} files"),
            [one, two] => format!("{one}, {two}"),
            [one, ..] => format!("{one} and {} more", count - 1),
            [] => continue,
        };
        let (names, reason) = (escape(&names), escape(reason));
        match (flag.map(escape), count) {
            (None, _) => push_line(out, format_args!("  not checked: {names} ({reason})")),
            (Some(flag), _) if verbose => {
                push_line(out, format_args!("  not checked without {flag}: {names}"));
            }
            (Some(flag), 1) => push_line(out, format_args!("  1 more check needs {flag}")),
            (Some(flag), _) => push_line(out, format_args!("  {count} more checks need {flag}")),
        }
    }
}
