//! Workflow commands: annotations on the lines of a pull request.
//!
//! The syntax and its escapes are those of GitHub's runner (`actions/toolkit`, `command.ts`).

use std::io::{self, Write};

use super::{clamp, escape, findings, omitted, prose, slashed};
use crate::report::{Level, Report};
use crate::source::Position;

/// Prints a workflow command a finding.
///
/// # Errors
/// When the writer fails.
pub fn github(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (file, _, finding) in findings(report) {
        let source = &file.source;
        let command = match finding.level {
            Level::Allow | Level::Note => "notice",
            Level::Warn => "warning",
            Level::Deny => "error",
        };
        let span = clamp(source, finding.span);
        let Position { line, column } = source.position(span.start);
        let Position { line: end_line, column: end_column } = source.position(span.end);
        write!(out, "::{command} file={},line={line}", property(&escape(&slashed(source.name()))))?;
        // Columns count only where both ends stand on one line; otherwise GitHub drops the whole.
        if line == end_line {
            write!(out, ",col={column},endColumn={end_column}")?;
        } else {
            write!(out, ",endLine={end_line}")?;
        }
        writeln!(out, ",title={}::{}", property(&finding.rule), data(&prose(finding)))?;
    }
    for file in &report.files {
        if let Some(omitted) = omitted(file) {
            let name = escape(file.source.name());
            writeln!(out, "::warning title=bklint::{}", data(&format!("{name}: {omitted}")))?;
        }
    }
    for error in &report.errors {
        writeln!(out, "::error title=bklint::{}", data(&escape(error)))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
