//! GitLab's Code Quality report.
//!
//! Fields are those that GitLab's own schema demands (`codeclimate.json`), and the severities its
//! documentation lists.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::fingerprint::{digest, fingerprints};
use super::{clamp, omitted, prose, slashed, write_json};
use crate::report::{FileReport, Finding, Impact, Level, Report};
use crate::source::Source;

/// Prints the report as one JSON array.
///
/// # Errors
/// When the writer fails.
pub fn gitlab(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_json(&Issues(report), out)
}

struct Issues<'a>(&'a Report);

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.files.iter().flat_map(|file| {
            let named = file.findings.iter().zip(fingerprints(file));
            let shown = named.filter(|(finding, _)| finding.level != Level::Allow);
            let issues = shown.map(|(finding, print)| Issue::new(file, finding, print));
            issues.chain(omitted(file).map(|text| Issue::about(file, text)))
        }))
    }
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

impl Location {
    fn new(source: &Source, lines: Lines) -> Self {
        Self { path: slashed(source.name()).trim_start_matches("./").to_owned(), lines }
    }
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl<'a> Issue<'a> {
    fn new(file: &FileReport, finding: &'a Finding, fingerprint: String) -> Self {
        let source = &file.source;
        let span = clamp(source, finding.span);
        let line = |offset| source.line_index(offset) + 1;
        Self {
            description: prose(finding),
            check_name: &finding.rule,
            fingerprint,
            severity: severity(finding),
            location: Location::new(source, Lines { begin: line(span.start), end: line(span.end) }),
        }
    }

    /// Something to say about the report itself: the format has no other room for it.
    fn about(file: &FileReport, description: String) -> Self {
        Self {
            description,
            check_name: "bklint",
            fingerprint: digest(&["bklint", file.source.name()]),
            severity: "info",
            location: Location::new(&file.source, Lines { begin: 1, end: 1 }),
        }
    }
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.level, finding.impact) {
        (Level::Allow | Level::Note, _) => "info",
        (Level::Warn, _) => "minor",
        // Nothing builds with such a file.
        (Level::Deny, Impact::Load | Impact::Start) => "blocker",
        (Level::Deny, _) => "major",
    }
}
