//! Prints reports, one format a file. A format is a function of the report and a writer; nothing
//! here decides anything about findings.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::report::{Counts, FileReport, Finding, Impact, Label, Level, MOST, Report};
use crate::source::{Source, Span};

pub mod builder;
pub mod concise;
pub mod diff;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod inventory;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod miette;
mod patch;
pub mod rdjson;
pub mod releases;
pub mod route;
pub mod sarif;
pub mod show;
mod snippet;

/// How text for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Use terminal colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Show every note, every fix and every reason.
    pub verbose: bool,
    /// Make rule ids terminal hyperlinks.
    pub links: bool,
}

/// What a format that carries rules along wants to know about one.
#[derive(Clone, Debug)]
pub struct RuleInfo<'a> {
    /// Its id, `group::name`.
    pub id: &'a str,
    /// One sentence.
    pub summary: &'a str,
    /// A paragraph.
    pub description: String,
    /// Its page.
    pub markdown: &'a str,
    /// Its default level.
    pub level: Level,
    /// Its level in this run.
    pub configured: Level,
    /// Its default impact.
    pub impact: Impact,
}

/// Where a rule's page of this very version stands.
#[must_use]
pub fn rule_url(id: &str) -> String {
    concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/v", env!("CARGO_PKG_VERSION"), "/rules/")
        .to_owned()
        + &id.replace("::", "/")
        + ".md"
}

/// The word people read for a level.
#[must_use]
pub const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allowed",
        Level::Note => "note",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}

/// Makes visible what a terminal would obey, reorder or hide: control characters, line and
/// paragraph separators, bidirectional overrides, zero-width and other invisible characters.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_visible(&mut out, c));
    Cow::Owned(out)
}

/// Whether it is printable ASCII, as nearly all text is: no character of it is
/// [hidden](is_hidden), and each has one byte and one column.
fn is_plain(text: &str) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // A byte that is not has its highest bit set, or gets it from one more (0x7f) or from 0x20
    // less (a control character). Nothing is carried between bytes that have none of these.
    let plain = |eight: &[u8; 8]| {
        let eight = u64::from_ne_bytes(*eight);
        let marks = eight | eight.wrapping_add(EACH) | eight.wrapping_sub(0x20 * EACH);
        marks & (0x80 * EACH) == 0
    };
    let (eights, rest) = text.as_bytes().as_chunks();
    eights.iter().all(plain) && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn push_visible(out: &mut String, c: char) {
    match c {
        ' '..='~' => out.push(c),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if !is_hidden(c) => out.push(c),
        // Writing to a `String` cannot fail.
        c if c.is_ascii() => _ = write!(out, "\\x{:02x}", c as u32),
        c => _ = write!(out, "\\u{{{:x}}}", c as u32),
    }
}

/// A line of a file as it is drawn.
fn visible(line: &str) -> String {
    if is_plain(line) {
        return line.to_owned();
    }
    escape(&line.replace('\t', "    ")).into_owned()
}

/// The same, cut around `focus` if it is very long.
fn cut(line: &str, focus: usize, width: usize) -> String {
    if line.len() <= 4 * width {
        return visible(line);
    }
    let from = focus.saturating_sub(width).min(line.len());
    let to = focus.saturating_add(3 * width).min(line.len());
    let from = (0..=from).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
    let to = (to..=line.len()).find(|&at| line.is_char_boundary(at)).unwrap_or(line.len());
    let mark = |is_cut| if is_cut { "…" } else { "" };
    let text = visible(line.get(from..to).unwrap_or_default());
    format!("{}{text}{}", mark(from > 0), mark(to < line.len()))
}

/// The findings that are reported, each with its file and its index there.
fn findings(report: &Report) -> impl Iterator<Item = (&FileReport, usize, &Finding)> {
    report.files.iter().flat_map(|file| {
        let shown = file.findings.iter().enumerate().filter(|(_, f)| f.level != Level::Allow);
        shown.map(move |(index, finding)| (file, index, finding))
    })
}

/// What a report says about the findings of a file that it does not list.
fn omitted(file: &FileReport) -> Option<String> {
    let Counts { deny, warn, note, .. } = file.omitted;
    let counts = [(deny, Level::Deny), (warn, Level::Warn), (note, Level::Note)];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, level)| plural(count, level_word(level))).collect();
    (!counts.is_empty()).then(|| {
        let more = file.omitted.reported();
        format!(
            "{} not listed, of {MOST} at most: {}",
            plural(more, "more finding") + if more == 1 { " is" } else { " are" },
            counts.join(", ")
        )
    })
}

/// A number of things.
pub(crate) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The text a label points into, if the report holds it.
fn label_source<'a>(report: &'a Report, own: &'a Source, label: &Label) -> Option<&'a Source> {
    match label.file.as_deref() {
        Some(name) if name != own.name() => {
            let files = report.files.iter().map(|file| &file.source);
            let others = report.others.iter().map(|source| &**source);
            files.chain(others).find(|source| source.name() == name)
        }
        _ => Some(own),
    }
}

/// A span that lies within the text and on borders of characters.
fn clamp(source: &Source, span: Span) -> Span {
    let text = source.text();
    let mut start = (span.start as usize).min(text.len());
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

/// A path with slashes, as programs on other machines expect it.
fn slashed(name: &str) -> Cow<'_, str> {
    if cfg!(windows) { Cow::Owned(name.replace('\\', "/")) } else { Cow::Borrowed(name) }
}

/// Message, notes, help and fix as sentences on one line, for consumers that show nothing else.
fn prose(finding: &Finding) -> String {
    let fix = finding.fixes.first().map(|fix| &fix.title);
    let mut out = String::new();
    for text in
        std::iter::once(&finding.message).chain(&finding.notes).chain(&finding.help).chain(fix)
    {
        let lines = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        let text = escape(&lines);
        let mut rest = text.chars();
        let Some(first) = rest.next() else { continue };
        if !out.is_empty() {
            out.push(' ');
        }
        // `buildkitd` and `buildx` are names that begin so.
        match first {
            'b' if rest.as_str().starts_with("uild") => out.push(first),
            _ => out.extend(first.to_uppercase()),
        }
        out.push_str(rest.as_str());
        if !text.ends_with(['.', '!', '?']) {
            out.push('.');
        }
    }
    out
}

/// Writes JSON on one line. Values stay what they are: hidden characters become `\u` escapes,
/// which a parser undoes and a terminal does not obey.
fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { text: Vec::with_capacity(2 * PAGE), out };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut page, Visible))?;
    page.write_all(b"\n")?;
    page.flush()
}

/// Bytes that are gathered before they are written.
const PAGE: usize = 8192;

/// Gathers what JSON is made of, a quote or a brace at a time. `BufWriter` would be compiled into
/// each place that writes.
struct Page<'a> {
    text: Vec<u8>,
    out: &'a mut dyn Write,
}

impl Write for Page<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Most are a quote, a comma or a brace.
        if let [byte] = bytes {
            self.text.push(*byte);
            return Ok(());
        }
        self.write_more(bytes)
    }

    #[cold]
    #[inline(never)]
    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

impl Page<'_> {
    #[inline(never)]
    fn write_more(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(bytes);
        if self.text.len() < PAGE { Ok(()) } else { self.flush() }
    }
}

struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        if is_plain(text) {
            return CompactFormatter.write_string_fragment(out, text);
        }
        for part in text.split_inclusive(is_hidden) {
            match part.chars().next_back().filter(|&c| is_hidden(c)) {
                None => CompactFormatter.write_string_fragment(out, part)?,
                Some(hidden) => {
                    let plain = part.strip_suffix(hidden).unwrap_or_default();
                    CompactFormatter.write_string_fragment(out, plain)?;
                    for unit in hidden.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_printable_ascii() {
        for c in (0..=0x2ff).filter_map(char::from_u32) {
            for before in 0..=8 {
                let text = format!("{}{c}{}", &"~~ ~~ ~~"[..before], "  ~");
                assert_eq!(is_plain(&text), (' '..='~').contains(&c), "{text:?}");
            }
        }
        assert!(is_plain("") && is_plain("~") && !is_plain("\x7f\x1f"));
    }

    #[test]
    fn hidden_characters_show() {
        assert_eq!(escape("plain ä … \u{fffd}"), "plain ä … \u{fffd}");
        assert!(matches!(escape("plain"), Cow::Borrowed(_)));
        assert_eq!(escape("\x1b[31m\u{7f}\u{9b}\n"), "\\x1b[31m\\x7f\\u{9b}\\n");
        assert_eq!(
            escape("a\u{202e}b\u{200b}\u{2028}\u{feff}"),
            "a\\u{202e}b\\u{200b}\\u{2028}\\u{feff}"
        );
    }

    #[test]
    fn json_keeps_hidden_characters_as_escapes() {
        let text = "a\u{202e}\u{9b}\u{e0041}\x1b\"z";
        let mut out = Vec::new();
        write_json(&text, &mut out).unwrap();
        assert!(!String::from_utf8(out.clone()).unwrap().trim_end().contains(is_hidden));
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }

    #[test]
    fn urls_name_the_version() {
        assert!(rule_url("gc::disabled").ends_with(concat!(
            "/blob/v",
            env!("CARGO_PKG_VERSION"),
            "/rules/gc/disabled.md"
        )));
    }

    #[test]
    fn spans_are_clamped_to_characters() {
        let source = Source::new("x", "aä".into());
        assert_eq!(clamp(&source, Span::new(2, 2)), Span::new(1, 3));
        assert_eq!(clamp(&source, Span::new(9, 4)), Span::at(3));
    }
}
