//! One finding a line: `file:line:column: error[rule] message`.

use std::io::{self, Write};

use super::{clamp, escape, level_word, omitted};
use crate::report::Report;

/// Prints all findings, one a line.
///
/// # Errors
/// When the writer fails.
pub fn concise(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = report.show_suppressed;
    for file in &report.files {
        let name = escape(file.source.name());
        for finding in &file.findings {
            let Some(level) = finding.shown(all) else { continue };
            let at = file.source.position(clamp(&file.source, finding.span).start);
            let silenced =
                finding.suppressed.as_ref().map(|(why, _)| format!(" ({})", why.words()));
            writeln!(
                out,
                "{name}:{}:{}: {}[{}] {}{}",
                at.line,
                at.column,
                level_word(level),
                finding.rule,
                escape(&finding.message),
                escape(&silenced.unwrap_or_default()),
            )?;
        }
        if let Some(omitted) = omitted(file) {
            writeln!(out, "{name}: {omitted}")?;
        }
    }
    Ok(())
}
