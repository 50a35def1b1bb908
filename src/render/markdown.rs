//! A summary in Markdown, for `$GITHUB_STEP_SUMMARY` and comments on merge requests.

use std::io::{self, Write};

use super::{clamp, escape, level_word, prose, rule_url};
use crate::order::Order;
use crate::report::{FileReport, Finding, Level, Report, Verdict};

/// Rows in a file's table. GitHub shows a step's summary only up to 1 MiB.
const MOST: usize = 200;

/// Prints the report as Markdown.
///
/// # Errors
/// When the writer fails.
pub fn markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## bklint\n")?;
    for error in &report.errors {
        writeln!(out, "- **could not be done:** {}", Cell(error))?;
    }
    if !report.errors.is_empty() {
        writeln!(out)?;
    }
    if report.files.is_empty() {
        return writeln!(out, "No file was checked.");
    }
    writeln!(out, "| file | loads | starts | errors | warnings | notes |")?;
    writeln!(out, "| --- | --- | --- | ---: | ---: | ---: |")?;
    for file in &report.files {
        let counts = file.counts();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            Cell(file.source.name()),
            verdict(&file.loads),
            verdict(&file.starts),
            counts.deny,
            counts.warn,
            counts.note,
        )?;
    }
    report.files.iter().try_for_each(|file| findings(file, out))
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "**no**",
        Verdict::Unknown(_) => "unknown",
    }
}

fn findings(file: &FileReport, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&Finding> =
        file.findings.iter().filter(|finding| finding.level != Level::Allow).collect();
    if shown.is_empty() {
        return Ok(());
    }
    // The worst come first, since the end may be cut off.
    shown.order_by_key(|finding| std::cmp::Reverse(finding.level));
    writeln!(out, "\n### {}\n", Cell(file.source.name()))?;
    writeln!(out, "| line | level | rule | finding |\n| ---: | --- | --- | --- |")?;
    for finding in shown.iter().take(MOST) {
        let line = file.source.position(clamp(&file.source, finding.span).start).line;
        let (level, rule) = (level_word(finding.level), &*finding.rule);
        let (url, text) = (rule_url(rule), prose(finding));
        writeln!(out, "| {line} | {level} | [{rule}]({url}) | {} |", Cell(&text))?;
    }
    match file.counts().reported().saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "\n… and {more} more."),
    }
}

/// Text in a cell of a table. Code between backticks stays code; all else that Markdown or HTML
/// would obey is taken literally.
struct Cell<'a>(&'a str);

impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        let text = escape(self.0);
        // An odd backtick belongs to a value and would turn code and prose around.
        let paired = text.matches('`').count().is_multiple_of(2);
        let mut code = false;
        for c in text.chars() {
            match c {
                '`' if paired => {
                    code = !code;
                    f.write_char('`')?;
                }
                // GitHub splits cells before it looks for code.
                '|' => f.write_str("\\|")?,
                '<' if !code => f.write_str("&lt;")?,
                '&' if !code => f.write_str("&amp;")?,
                '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '@' | '!' if !code => {
                    f.write_char('\\')?;
                    f.write_char(c)?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
