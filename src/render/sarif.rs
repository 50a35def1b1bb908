//! SARIF 2.1.0, for code scanning services and editors.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::fingerprint::fingerprints;
use super::{RuleInfo, clamp, escape, label_source, omitted, prose, rule_url, slashed, write_json};
use crate::hash::HashMap;
use crate::report::{
    Applicability, FileReport, Finding, Fix, Impact, Label, Level, Report, SuppressedBy,
    Suppression,
};
use crate::source::{Source, Span, Unit};

/// Prints the report as one SARIF run. All the rules given are listed; `exit_code` is what the
/// process will end with.
///
/// # Errors
/// When the writer fails.
pub fn sarif(
    report: &Report,
    rules: &[RuleInfo<'_>],
    exit_code: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let run = Run {
        automation_details: Automation { id: "bklint/" },
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                full_name: concat!("bklint ", env!("CARGO_PKG_VERSION")),
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                short_description: Text::new(env!("CARGO_PKG_DESCRIPTION")),
                rules: rules.iter().map(Rule::new).collect(),
            },
        },
        invocations: [Invocation::new(report, rules, exit_code)],
        original_uri_base_ids: BaseIds {
            source_root: Base { description: Text::new("The folder that bklint was run in.") },
        },
        column_kind: "utf16CodeUnits",
        results: Results {
            report,
            indices: rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect(),
        },
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
    automation_details: Automation,
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    original_uri_base_ids: BaseIds,
    column_kind: &'a str,
    results: Results<'a>,
}

/// Keeps the alerts of bklint apart from those of other tools in one upload.
#[derive(Serialize)]
struct Automation {
    id: &'static str,
}

/// What relative paths start from. Its own place stays out: it is nobody's business where a
/// machine keeps a checkout.
#[derive(Serialize)]
struct BaseIds {
    #[serde(rename = "%SRCROOT%")]
    source_root: Base,
}

#[derive(Serialize)]
struct Base {
    description: Text,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    full_name: &'a str,
    version: &'a str,
    semantic_version: &'a str,
    information_uri: &'a str,
    short_description: Text,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help<'a>,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

impl<'a> Rule<'a> {
    fn new(rule: &RuleInfo<'a>) -> Self {
        let group = rule.id.split("::").next().unwrap_or_default();
        let security = rule.impact == Impact::Exposure;
        let mut tags = vec![group, impact(rule.impact)];
        tags.extend(security.then_some("security"));
        // The group `policy` has the impact of this name.
        tags.dedup();
        Self {
            id: rule.id,
            name: pascal(rule.id),
            short_description: Text::new(rule.summary),
            full_description: Text::new(&rule.description),
            // SARIF demands plain text beside the Markdown; the page reads well as it is.
            help: Help { text: rule.markdown, markdown: rule.markdown },
            help_uri: rule_url(rule.id),
            default_configuration: Configuration::new(rule.level),
            properties: Properties {
                tags,
                precision: match rule.level {
                    Level::Deny => "very-high",
                    Level::Warn => "high",
                    Level::Allow | Level::Note => "medium",
                },
                severity: match rule.level {
                    Level::Deny => "error",
                    Level::Warn => "warning",
                    Level::Allow | Level::Note => "recommendation",
                },
                // Only doors left open: with a number here a typo would rank as a vulnerability.
                security_severity: security.then_some(match rule.level {
                    Level::Deny => "8.0",
                    Level::Warn => "5.0",
                    Level::Allow | Level::Note => "3.0",
                }),
            },
        }
    }
}

/// `gc::no_ceiling` is `GcNoCeiling` to those who want names in one word.
fn pascal(id: &str) -> String {
    id.split([':', '_']).fold(String::with_capacity(id.len()), |mut name, word| {
        let mut letters = word.chars();
        // Two capitals in a row would make it an abbreviation.
        let capital = |first: char| if word.len() > 1 { first.to_ascii_uppercase() } else { first };
        name.extend(letters.next().map(capital));
        name.push_str(letters.as_str());
        name
    })
}

fn impact(impact: Impact) -> &'static str {
    match impact {
        Impact::Load => "load",
        Impact::Start => "start",
        Impact::Build => "build",
        Impact::Ignored => "ignored",
        Impact::Exposure => "exposure",
        Impact::Resource => "resource",
        Impact::Upkeep => "upkeep",
        Impact::Policy => "policy",
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

impl Configuration {
    fn new(at: Level) -> Self {
        Self { enabled: at != Level::Allow, level: level(at) }
    }
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: Vec<&'a str>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rule_configuration_overrides: Vec<Override<'a>>,
    tool_execution_notifications: Vec<Notification<'a>>,
}

impl<'a> Invocation<'a> {
    fn new(report: &Report, rules: &[RuleInfo<'a>], exit_code: u8) -> Self {
        let errors = report.errors.iter().map(|text| Notification::new("error", text));
        let notices = report.notices.iter().map(|text| Notification::new("note", text));
        let omitted = report.files.iter().filter_map(|file| {
            let text = omitted(file)?;
            Some(Notification::new("warning", &format!("{}: {text}", file.source.name())))
        });
        let overridden = rules.iter().enumerate().filter(|(_, rule)| rule.configured != rule.level);
        Self {
            execution_successful: report.errors.is_empty(),
            exit_code,
            exit_code_description: match exit_code {
                0 => "no errors",
                1 => "at least one error",
                _ => "something could not be done",
            },
            rule_configuration_overrides: overridden
                .map(|(index, rule)| Override {
                    descriptor: Descriptor { id: rule.id, index },
                    configuration: Configuration::new(rule.configured),
                })
                .collect(),
            tool_execution_notifications: errors.chain(omitted).chain(notices).collect(),
        }
    }
}

#[derive(Serialize)]
struct Override<'a> {
    descriptor: Descriptor<'a>,
    configuration: Configuration,
}

#[derive(Serialize)]
struct Descriptor<'a> {
    id: &'a str,
    index: usize,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'a str,
    message: Text,
}

impl<'a> Notification<'a> {
    fn new(level: &'a str, text: &str) -> Self {
        Self { level, message: Text::new(&escape(text)) }
    }
}

struct Results<'a> {
    report: &'a Report,
    /// Where each rule stands among those listed.
    indices: HashMap<&'a str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.report.files.iter().flat_map(|file| {
            let named = file.findings.iter().zip(fingerprints(file));
            let shown =
                named.filter(|(finding, _)| finding.shown(self.report.show_suppressed).is_some());
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
            rule_id: &finding.rule,
            rule_index: self.indices.get(&*finding.rule).copied(),
            level: level(finding.shown(true).unwrap_or(finding.level)),
            suppressions: finding.suppressed.iter().map(|(why, _)| Silenced::new(why)).collect(),
            baseline_state: self.report.baseline.then(|| baseline_state(finding)),
            message: Text { text: prose(finding) },
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
                context_region: None,
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Silenced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    message: Text,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<OneFix>,
}

/// Whether a baseline lists it.
fn baseline_state(finding: &Finding) -> &'static str {
    match &finding.suppressed {
        Some((why, _)) if why.kind == SuppressedBy::Baseline => "unchanged",
        _ => "new",
    }
}

#[derive(Serialize)]
struct Silenced {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
}

impl Silenced {
    fn new(why: &Suppression) -> Self {
        let kind = match why.kind {
            SuppressedBy::Inline => "inSource",
            SuppressedBy::Config | SuppressedBy::Baseline => "external",
        };
        let justification = why.reason.as_deref().map(|reason| escape(reason).into_owned());
        Self { kind, justification }
    }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<Region>,
}

impl PhysicalLocation {
    fn new(source: &Source, span: Span) -> Self {
        Self {
            artifact_location: Artifact::new(source.name()),
            region: Some(Region::new(source, span)),
            context_region: Some(Region::new(source, lines(source, span))),
        }
    }
}

/// The lines a span lies on, with the one before and the one behind.
fn lines(source: &Source, span: Span) -> Span {
    let span = clamp(source, span);
    let (first, last) = (source.line_index(span.start), source.line_index(span.end));
    source.line_span(first.saturating_sub(1)).to(source.line_span(last + 1))
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
        let name = slashed(name);
        if name.starts_with('/') {
            return Self { uri: format!("file://{}", percent(&name)), uri_base_id: None };
        }
        if cfg!(windows) && name.get(1..3) == Some(":/") {
            return Self { uri: format!("file:///{}", percent(&name)), uri_base_id: None };
        }
        Self {
            uri: percent(name.trim_start_matches("./")).into_owned(),
            uri_base_id: Some("%SRCROOT%"),
        }
    }
}

fn percent(path: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if path.bytes().all(plain) {
        return path.into();
    }
    let mut out = String::with_capacity(2 * path.len());
    for byte in path.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            _ = write!(out, "%{byte:02X}");
        }
    }
    out.into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    byte_offset: u32,
    byte_length: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

/// Bytes of the longest text that is quoted: a region may be as long as its file.
const SNIPPET: usize = 1024;

impl Region {
    fn new(source: &Source, span: Span) -> Self {
        let span = clamp(source, span);
        let start = source.place(span.start, Unit::Utf16);
        let end = source.place(span.end, Unit::Utf16);
        let text = source.slice(span);
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            byte_offset: span.start,
            byte_length: span.end - span.start,
            snippet: (text.len() <= SNIPPET && !text.is_empty()).then(|| Text::new(text)),
        }
    }
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
    fn ids_become_names() {
        assert_eq!(pascal("grpc::tls_ca_only"), "GrpcTlsCaOnly");
        assert_eq!(pascal("syntax::not_a_value"), "SyntaxNotaValue");
    }
}
