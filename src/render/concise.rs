//! One finding a line: `file:line:column: error[rule] message`.

use std::io::{self, Write};

use super::{clamp, escape, findings, level_word};
use crate::report::Report;

/// Prints all findings, one a line.
///
/// # Errors
/// When the writer fails.
pub fn concise(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (file, _, finding) in findings(report) {
        let at = file.source.position(clamp(&file.source, finding.span).start);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            escape(file.source.name()),
            at.line,
            at.column,
            level_word(finding.level),
            finding.rule,
            escape(&finding.message),
        )?;
    }
    Ok(())
}
