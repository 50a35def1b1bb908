//! The JSON report, version 1. Programs hold on to it: within a version a field may come, but
//! none goes or changes its meaning.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::fingerprint::fingerprints;
use super::{clamp, label_source, rule_url, write_json};
use crate::order::tree;
use crate::report::{
    Applicability, Counts, FileReport, Finding, Fix, Impact, Label, Level, Locality, Report,
    Summary, SuppressedBy, Unchecked, Verdict, Words,
};
use crate::settings::{Deploy, Settings};
use crate::source::{self, Source};

/// What programs may rely on, as a JSON Schema.
pub const SCHEMA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.schema.json"));

/// Prints the report as one line of JSON. `deployment` goes in as it is.
///
/// # Errors
/// When the writer fails.
pub fn json(report: &Report, deployment: &Value, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            buildkit: &report.buildkit,
        },
        deployment,
        files: Files(report),
        findings: Findings(report),
        suppressed: Suppressed(report),
        notices: &report.notices,
        errors: &report.errors,
        summary: report.summary(),
    };
    write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool<'a>,
    deployment: &'a Value,
    files: Files<'a>,
    findings: Findings<'a>,
    suppressed: Suppressed<'a>,
    notices: &'a [String],
    errors: &'a [String],
    summary: Summary,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
    buildkit: &'a str,
}

struct Files<'a>(&'a Report);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.files.iter().map(OneFile::new))
    }
}

#[derive(Serialize)]
struct OneFile<'a> {
    file: &'a str,
    loads: Option<bool>,
    starts: Option<bool>,
    creates: Option<bool>,
    reasons: BTreeMap<&'a str, &'a str>,
    unchecked: &'a [Unchecked],
    locality: Locality,
    fixed: usize,
    /// What is found in it and too much to be listed, by level.
    #[serde(skip_serializing_if = "Option::is_none")]
    omitted: Option<Counts>,
    /// The deployment, if it follows from the path and not from the user's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    deploy: Option<Deploy>,
    /// The whole, if it is not the run's.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<&'a Settings>,
}

impl<'a> OneFile<'a> {
    fn new(file: &'a FileReport) -> Self {
        let verdicts =
            [("loads", &file.loads), ("starts", &file.starts), ("creates", &file.creates)];
        let reasons = verdicts.into_iter().filter_map(|(name, verdict)| match verdict {
            Verdict::Unknown(reason) => Some((name, &**reason)),
            Verdict::Yes | Verdict::No => None,
        });
        Self {
            file: file.source.name(),
            loads: file.loads.as_bool(),
            starts: file.starts.as_bool(),
            creates: file.creates.as_bool(),
            reasons: tree(reasons),
            unchecked: &file.unchecked,
            locality: file.locality,
            fixed: file.fixed,
            omitted: Some(file.omitted).filter(|counts| *counts != Counts::default()),
            deploy: file.guess,
            deployment: file.deployment.as_deref(),
        }
    }
}

struct Findings<'a>(&'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.files.iter().flat_map(|file| {
            let named = file.findings.iter().zip(fingerprints(file));
            let shown = named.filter(|(finding, _)| finding.level != Level::Allow);
            shown.map(|(finding, print)| OneFinding::new(self.0, &file.source, finding, print))
        }))
    }
}

struct Suppressed<'a>(&'a Report);

impl Serialize for Suppressed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.files.iter().flat_map(|file| {
            let named = file.findings.iter().zip(fingerprints(file));
            named.filter_map(|(finding, print)| {
                let (why, level) = finding.suppressed.as_ref()?;
                let finding = OneFinding::new(self.0, &file.source, finding, print);
                Some(OneSuppressed {
                    finding: OneFinding { level: *level, ..finding },
                    by: By { kind: why.kind, reason: &why.reason, until: &why.until },
                })
            })
        }))
    }
}

#[derive(Serialize)]
struct OneSuppressed<'a> {
    finding: OneFinding<'a>,
    by: By<'a>,
}

#[derive(Serialize)]
struct By<'a> {
    kind: SuppressedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: &'a Option<String>,
}

#[derive(Serialize)]
struct OneFinding<'a> {
    rule: &'a str,
    level: Level,
    impact: Impact,
    message: &'a str,
    file: &'a str,
    key: Option<&'a str>,
    span: Span,
    labels: Vec<OneLabel<'a>>,
    notes: &'a [Words],
    help: Option<&'a str>,
    data: &'a BTreeMap<&'static str, Value>,
    fixes: Vec<OneFix<'a>>,
    url: String,
    fingerprint: String,
}

impl<'a> OneFinding<'a> {
    fn new(report: &Report, source: &'a Source, finding: &'a Finding, fingerprint: String) -> Self {
        // The words at the primary place lead the labels; the contract has no other room for them.
        let primary = (!finding.label.is_empty()).then(|| OneLabel {
            file: source.name(),
            span: Some(Span::new(source, finding.span)),
            text: &finding.label,
        });
        let others = finding.labels.iter().map(|label| OneLabel::new(report, source, label));
        Self {
            rule: &finding.rule,
            level: finding.level,
            impact: finding.impact,
            message: &finding.message,
            file: source.name(),
            key: finding.key.as_deref(),
            span: Span::new(source, finding.span),
            labels: primary.into_iter().chain(others).collect(),
            notes: &finding.notes,
            help: finding.help.as_deref(),
            data: &finding.data,
            fixes: finding.fixes.iter().map(|fix| OneFix::new(source, fix)).collect(),
            url: rule_url(&finding.rule),
            fingerprint,
        }
    }
}

#[derive(Serialize)]
struct OneLabel<'a> {
    file: &'a str,
    span: Option<Span>,
    text: &'a str,
}

impl<'a> OneLabel<'a> {
    /// The span stays out if the file it lies in is not part of the report: only its text tells
    /// lines and columns.
    fn new(report: &Report, own: &'a Source, label: &'a Label) -> Self {
        let place = label_source(report, own, label).zip(label.span);
        Self {
            file: label.file.as_deref().unwrap_or(own.name()),
            span: place.map(|(source, span)| Span::new(source, span)),
            text: &label.text,
        }
    }
}

#[derive(Serialize)]
struct OneFix<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<OneEdit<'a>>,
}

impl<'a> OneFix<'a> {
    fn new(source: &'a Source, fix: &'a Fix) -> Self {
        let edits = fix.edits.iter().map(|edit| OneEdit {
            file: source.name(),
            span: Span::new(source, edit.span),
            text: &edit.text,
        });
        Self { title: &fix.title, applicability: fix.applicability, edits: edits.collect() }
    }
}

#[derive(Serialize)]
struct OneEdit<'a> {
    file: &'a str,
    span: Span,
    text: &'a str,
}

#[derive(Serialize)]
struct Span {
    start: Place,
    end: Place,
}

impl Span {
    fn new(source: &Source, span: source::Span) -> Self {
        let span = clamp(source, span);
        Self { start: Place::new(source, span.start), end: Place::new(source, span.end) }
    }
}

#[derive(Serialize)]
struct Place {
    byte: u32,
    line: usize,
    column: usize,
}

impl Place {
    fn new(source: &Source, byte: u32) -> Self {
        let at = source.position(byte);
        Self { byte, line: at.line, column: at.column }
    }
}
