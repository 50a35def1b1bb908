//! SARIF 2.1.0, for code scanning services and editors.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::fingerprint::fingerprints;
use super::{RuleInfo, clamp, escape, label_source, rule_url, write_json};
use crate::report::{Applicability, FileReport, Finding, Fix, Impact, Label, Level, Report};
use crate::source::{Source, Span};

/// Prints the report as one SARIF run. All the rules given are listed.
///
/// # Errors
/// When the writer fails.
pub fn sarif(report: &Report, rules: &[RuleInfo<'_>], out: &mut dyn Write) -> io::Result<()> {
    let errors = report.errors.iter().map(|text| Notification::new("error", text));
    let notices = report.notices.iter().map(|text| Notification::new("note", text));
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules.iter().map(Rule::new).collect(),
            },
        },
        invocations: [Invocation {
            execution_successful: report.errors.is_empty(),
            tool_execution_notifications: errors.chain(notices).collect(),
        }],
        column_kind: "utf16CodeUnits",
        results: Results { report, rules },
    };
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    };
    write_json(&log, out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    column_kind: &'a str,
    results: Results<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    information_uri: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text,
    help: Help<'a>,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

impl<'a> Rule<'a> {
    fn new(rule: &RuleInfo<'a>) -> Self {
        let group = rule.id.split("::").next().unwrap_or_default();
        Self {
            id: rule.id,
            short_description: Text { text: rule.summary.to_owned() },
            // SARIF demands plain text beside the Markdown; the page reads well as it is.
            help: Help { text: rule.markdown, markdown: rule.markdown },
            help_uri: rule_url(rule.id),
            default_configuration: Configuration {
                enabled: rule.level != Level::Allow,
                level: level(rule.level),
            },
            properties: Properties { tags: Tags { group, impact: rule.impact } },
        }
    }
}

#[derive(Serialize)]
struct Help<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: Tags<'a>,
}

struct Tags<'a> {
    group: &'a str,
    impact: Impact,
}

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.group, self.impact).serialize(to)
    }
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'a str,
    message: Text,
}

impl<'a> Notification<'a> {
    fn new(level: &'a str, text: &str) -> Self {
        Self { level, message: Text { text: escape(text).into_owned() } }
    }
}

struct Results<'a> {
    report: &'a Report,
    rules: &'a [RuleInfo<'a>],
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.report.files.iter().flat_map(|file| {
            let named = file.findings.iter().zip(fingerprints(file));
            let shown = named.filter(|(finding, _)| finding.level != Level::Allow);
            shown.map(|(finding, print)| self.result(file, finding, print))
        }))
    }
}

impl Results<'_> {
    fn result<'f>(&self, file: &FileReport, finding: &'f Finding, print: String) -> OneResult<'f> {
        let source = &file.source;
        let key = finding.key.as_deref().map(|name| LogicalLocation { fully_qualified_name: name });
        let primary = Location {
            physical: PhysicalLocation::new(source, finding.span),
            logical: key.into_iter().collect(),
            message: words(&finding.label),
        };
        let related = finding.labels.iter().map(|label| self.related(source, label));
        let fixes = finding
            .fixes
            .iter()
            .filter(|fix| fix.applicability >= Applicability::Unsafe && !fix.edits.is_empty());
        OneResult {
            rule_id: finding.rule,
            rule_index: self.rules.iter().position(|rule| rule.id == finding.rule),
            level: level(finding.level),
            message: Text { text: message(finding) },
            locations: [primary],
            related_locations: related.collect(),
            partial_fingerprints: Fingerprints { v1: print },
            fixes: fixes.map(|fix| OneFix::new(source, fix)).collect(),
        }
    }

    fn related<'f>(&self, own: &Source, label: &'f Label) -> Location<'f> {
        let place = label_source(self.report, own, label).zip(label.span);
        let physical = match place {
            Some((source, span)) => PhysicalLocation::new(source, span),
            None => PhysicalLocation {
                artifact_location: Artifact::new(label.file.as_deref().unwrap_or(own.name())),
                region: None,
            },
        };
        // Code scanning services drop a related place without words.
        let message = words(&label.text).or_else(|| words("see here"));
        Location { physical, logical: Vec::new(), message }
    }
}

fn words(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| Text { text: escape(text).into_owned() })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Allow | Level::Note => "note",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}

/// Message, notes and help, each as a sentence.
fn message(finding: &Finding) -> String {
    let help = finding.help.as_ref().or(finding.fixes.first().map(|fix| &fix.title));
    let mut out = String::new();
    for text in std::iter::once(&finding.message).chain(&finding.notes).chain(help) {
        let lines = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        let text = escape(&lines);
        let mut rest = text.chars();
        let Some(first) = rest.next() else { continue };
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(first.to_uppercase());
        out.push_str(rest.as_str());
        if !text.ends_with(['.', '!', '?']) {
            out.push('.');
        }
    }
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'a str,
    message: Text,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<OneFix>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "bklint/v1")]
    v1: String,
}

#[derive(Serialize)]
struct Location<'a> {
    #[serde(rename = "physicalLocation")]
    physical: PhysicalLocation,
    #[serde(rename = "logicalLocations", skip_serializing_if = "Vec::is_empty")]
    logical: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

impl PhysicalLocation {
    fn new(source: &Source, span: Span) -> Self {
        Self {
            artifact_location: Artifact::new(source.name()),
            region: Some(Region::new(source, span)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl Artifact {
    fn new(name: &str) -> Self {
        let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
        if name.starts_with('/') {
            return Self { uri: format!("file://{}", percent(&name)), uri_base_id: None };
        }
        if cfg!(windows) && name.get(1..3) == Some(":/") {
            return Self { uri: format!("file:///{}", percent(&name)), uri_base_id: None };
        }
        Self { uri: percent(name.trim_start_matches("./")), uri_base_id: Some("%SRCROOT%") }
    }
}

fn percent(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            // Writing to a `String` cannot fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Region {
    fn new(source: &Source, span: Span) -> Self {
        let span = clamp(source, span);
        let (start_line, start_column) = place(source, span.start);
        let (end_line, end_column) = place(source, span.end);
        Self { start_line, start_column, end_line, end_column }
    }
}

/// Line and column, from 1, in UTF-16 code units.
fn place(source: &Source, offset: u32) -> (usize, usize) {
    let line = source.line_index(offset);
    let start = source.line_span(line).start;
    let before = source.slice(Span::new(start, offset));
    (line + 1, before.chars().map(char::len_utf16).sum::<usize>() + 1)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneFix {
    description: Text,
    artifact_changes: [Change; 1],
}

impl OneFix {
    fn new(source: &Source, fix: &Fix) -> Self {
        let replacements = fix.edits.iter().map(|edit| Replacement {
            deleted_region: Region::new(source, edit.span),
            inserted_content: Text { text: edit.text.clone() },
        });
        Self {
            description: Text { text: escape(&fix.title).into_owned() },
            artifact_changes: [Change {
                artifact_location: Artifact::new(source.name()),
                replacements: replacements.collect(),
            }],
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_uris() {
        let uri = |name| Artifact::new(name).uri;
        assert_eq!(uri("./a b/ü[1].toml"), "a%20b/%C3%BC%5B1%5D.toml");
        assert_eq!(uri("/etc/x%.toml"), "file:///etc/x%25.toml");
        assert!(Artifact::new("/etc/x").uri_base_id.is_none());
    }

    #[test]
    fn columns_count_utf16() {
        let source = Source::new("x", "a\n𝄞ä=".into());
        assert_eq!(place(&source, 8), (2, 4));
    }
}
