//! JUnit's XML, for the test views of Jenkins, GitLab and others: a suite a file, a case a
//! finding. What makes the exit code 1 is a failure; warnings and notes are cases that pass and
//! carry their text. Elements and attributes are those of Jenkins' `junit-10.xsd`.

use std::io::{self, Write};

use super::{clamp, escape, level_word, omitted, prose};
use crate::report::{FileReport, Finding, Level, Report};

/// Prints the report as an XML document.
///
/// # Errors
/// When the writer fails.
pub fn junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let suites: Vec<Suite<'_>> = report.files.iter().map(Suite::new).collect();
    let tests: usize = suites.iter().map(Suite::tests).sum();
    let failures: usize = suites.iter().map(Suite::failures).sum();
    let errors = report.errors.len();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="bklint" tests="{}" failures="{failures}" errors="{errors}">"#,
        tests + errors,
    )?;
    for suite in &suites {
        suite.write(out)?;
    }
    if errors > 0 {
        let counts = format!(r#"tests="{errors}" failures="0" errors="{errors}""#);
        writeln!(out, r#"  <testsuite name="bklint" {counts}>"#)?;
        for error in &report.errors {
            writeln!(out, r#"    <testcase name="reads" classname="bklint">"#)?;
            writeln!(out, r#"      <error message="{}"/>"#, Xml(error))?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

struct Suite<'a> {
    file: &'a FileReport,
    findings: Vec<&'a Finding>,
}

impl<'a> Suite<'a> {
    fn new(file: &'a FileReport) -> Self {
        let shown = file.findings.iter().filter(|finding| finding.level != Level::Allow);
        Self { file, findings: shown.collect() }
    }

    /// A suite without a case would not be shown at all.
    fn tests(&self) -> usize {
        self.findings.len().max(1)
    }

    fn failures(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Deny).count()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = Xml(self.file.source.name());
        let (tests, failures) = (self.tests(), self.failures());
        writeln!(
            out,
            r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="0">"#
        )?;
        if self.findings.is_empty() {
            writeln!(out, r#"    <testcase name="no findings" classname="{name}"/>"#)?;
        }
        for finding in &self.findings {
            self.case(finding, out)?;
        }
        if let Some(omitted) = omitted(self.file) {
            writeln!(out, "    <system-out>{}</system-out>", Xml(&omitted))?;
        }
        writeln!(out, "  </testsuite>")
    }

    fn case(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let source = &self.file.source;
        let name = Xml(source.name());
        let at = source.position(clamp(source, finding.span).start);
        let (line, column, rule) = (at.line, at.column, &finding.rule);
        writeln!(out, r#"    <testcase name="{rule} at {line}:{column}" classname="{name}">"#)?;
        let (message, text) = (Xml(&finding.message), prose(finding));
        let text = format!("{name}:{line}:{column}: {}", Xml(&text));
        if finding.level == Level::Deny {
            writeln!(out, r#"      <failure type="{rule}" message="{message}">{text}</failure>"#)?;
        } else {
            let word = level_word(finding.level);
            writeln!(out, "      <system-out>{word}: {text}</system-out>")?;
        }
        writeln!(out, "    </testcase>")
    }
}

/// Text in XML. Characters that XML 1.0 has no room for are shown as their escapes.
struct Xml<'a>(&'a str);

impl std::fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in escape(self.0).chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\u{fffe}' | '\u{ffff}' => f.write_str("\u{fffd}")?,
                c => std::fmt::Write::write_char(f, c)?,
            }
        }
        Ok(())
    }
}
