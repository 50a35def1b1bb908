//! Reviewdog's diagnostic format, `rdjson`: the message `DiagnosticResult` of its
//! `reviewdog.proto`. Columns count bytes.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::{clamp, findings, omitted, prose, rule_url, slashed, write_json};
use crate::report::{Applicability, Edit, FileReport, Finding, Level, Report};
use crate::source::{self, Source, Unit};

/// Prints the report as one JSON object.
///
/// # Errors
/// When the writer fails.
pub fn rdjson(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let source = Tool { name: env!("CARGO_PKG_NAME"), url: env!("CARGO_PKG_REPOSITORY") };
    write_json(&Diagnostics { source, diagnostics: List(report) }, out)
}

#[derive(Serialize)]
struct Diagnostics<'a> {
    source: Tool,
    diagnostics: List<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    url: &'static str,
}

struct List<'a>(&'a Report);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let found = findings(self.0).map(|(file, _, finding)| Diagnostic::new(file, finding));
        let files = self.0.files.iter();
        to.collect_seq(found.chain(files.filter_map(|file| Some(about(file, omitted(file)?)))))
    }
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl<'a> Diagnostic<'a> {
    fn new(file: &'a FileReport, finding: &'a Finding) -> Self {
        let source = &file.source;
        // A suggestion is one edit, taken or left on its own: a fix of several would end half done.
        let single = finding.fixes.iter().filter(|fix| fix.applicability > Applicability::Display);
        let single = single.filter_map(|fix| match &*fix.edits {
            [edit] => Some(edit),
            _ => None,
        });
        Self {
            message: prose(finding),
            location: Location {
                path: slashed(source.name()).into_owned(),
                range: Some(Range::new(source, finding.span)),
            },
            severity: match finding.level {
                Level::Allow | Level::Note => "INFO",
                Level::Warn => "WARNING",
                Level::Deny => "ERROR",
            },
            code: Some(Code { value: &finding.rule, url: rule_url(&finding.rule) }),
            suggestions: single.map(|edit| Suggestion::new(source, edit)).collect(),
        }
    }
}

/// Something to say about the report on a file.
fn about(file: &FileReport, message: String) -> Diagnostic<'static> {
    let location = Location { path: slashed(file.source.name()).into_owned(), range: None };
    Diagnostic { message, location, severity: "INFO", code: None, suggestions: Vec::new() }
}

impl<'a> Suggestion<'a> {
    fn new(source: &Source, edit: &'a Edit) -> Self {
        Self { range: Range::new(source, edit.span), text: &edit.text }
    }
}

impl Range {
    fn new(source: &Source, span: source::Span) -> Self {
        let span = clamp(source, span);
        Self { start: Position::new(source, span.start), end: Position::new(source, span.end) }
    }
}

impl Position {
    fn new(source: &Source, offset: u32) -> Self {
        let source::Position { line, column } = source.place(offset, Unit::Byte);
        Self { line, column }
    }
}
