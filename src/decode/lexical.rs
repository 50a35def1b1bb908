//! Text that hangs together but that buildkitd's parser refuses: characters, keys, strings,
//! scalars, inline tables. TOML 1.0 as go-toml v2.3 (`unstable/parser.go`, `scanner.go`) sees it,
//! or as an older decoder does, by its quirks.

use super::fault::{Fault, FaultKind};
use super::name::is_bare;
use super::quirk::{Quirk, Quirks};
use super::scalar::Scalar;
use super::{older, scalar};
use crate::order::Order;
use crate::source::{Source, Span};
use crate::tree::{Key, NodeKind, Quote, SyntaxKind, Tree};

/// All faults of that sort, in no order.
pub fn check(source: &Source, tree: &Tree, quirks: Quirks) -> Vec<Fault> {
    let mut faults = Vec::new();
    let text = source.text();
    let strings = Strings { source, quirks };
    let mut report = |kind, span| faults.push(Fault::new(kind, span));
    if !quirks.has(Quirk::LenientText) {
        if text.starts_with('\u{feff}') {
            report(FaultKind::ByteOrderMark, Span::new(0, 3));
        }
        if let Some(&first) = source.invalid().first() {
            let count = source.invalid().len();
            report(FaultKind::InvalidUtf8 { count }, Span::new(first, first + 1));
        }
        if source.marks().control {
            carriage_returns(text, &mut report);
            for comment in &tree.comments {
                strings.control_character(*comment, false, &mut report);
            }
        }
    }
    if quirks.has(Quirk::RawHeaders) {
        raw_keys(&strings, tree, &mut report);
    } else {
        tree.keys.iter().for_each(|key| strings.check_key(*key, &mut report));
    }
    for node in &tree.nodes {
        match node.kind {
            _ if node.broken => {}
            NodeKind::Text(quote) => strings.check(node.span, quote, &mut report),
            NodeKind::Bare => {
                if let Err(kind) = scalar(source, node.span, quirks) {
                    report(kind, node.span);
                }
            }
            _ => {}
        }
    }
    for &(node, span) in &tree.inline_commas {
        if tree.nodes.get(node).is_some_and(|node| !node.broken) {
            report(FaultKind::InlineComma, span);
        }
    }
    if !quirks.has(Quirk::InlineNewlines) {
        let mut tables = tree.inline_newlines.clone();
        tables.order();
        // A table inside comes between the lines of the one around it.
        tables.dedup_by_key(|(node, _)| *node);
        tables.retain(|&(node, _)| tree.nodes.get(node).is_some_and(|node| !node.broken));
        let fault = |(node, span)| Fault::new(FaultKind::InlineNewline, span).at(Some(node));
        faults.extend(tables.into_iter().map(fault));
    }
    faults
}

/// What a value without quotes is.
///
/// # Errors
/// Why the decoder refuses it.
pub fn scalar(source: &Source, span: Span, quirks: Quirks) -> Result<Scalar, FaultKind> {
    let rest = source.text().get(span.start as usize..).unwrap_or_default();
    let len = (span.end - span.start) as usize;
    if quirks.has(Quirk::OlderScalars) {
        return older::read(rest, len);
    }
    scalar::scan(rest, len).ok_or(FaultKind::NotAValue)
}

/// Keys of a decoder that reads a header up to its first bracket and what is in its quotes as it
/// is, and that is particular about space behind a dot.
fn raw_keys(strings: &Strings<'_>, tree: &Tree, report: &mut impl FnMut(FaultKind, Span)) {
    let source = strings.source;
    for node in &tree.nodes {
        let (keys, header) = match &node.kind {
            NodeKind::Header { keys, .. } => (keys, true),
            NodeKind::Pair { keys } => (keys, false),
            _ => continue,
        };
        let path = tree.path(keys);
        for key in path {
            if !header || key.quote == Quote::None {
                strings.check_key(*key, report);
            } else if source.slice(key.span).contains(['[', ']']) {
                report(FaultKind::BracketInHeader, key.span);
            }
        }
        for (before, after) in path.iter().zip(path.iter().skip(1)) {
            let dot = Span::new(before.span.end, after.span.start);
            let text = source.slice(dot);
            if if header { text.contains(".\t") } else { text.starts_with('.') && text.len() > 1 } {
                report(FaultKind::Syntax(SyntaxKind::MissingKey), dot);
            }
        }
    }
}

fn carriage_returns(text: &str, report: &mut impl FnMut(FaultKind, Span)) {
    let bytes = text.as_bytes();
    let lone = |&(at, _): &(usize, &str)| bytes.get(at + 1) != Some(&b'\n');
    let mut all = text.match_indices('\r').filter(lone);
    if let Some((first, _)) = all.next() {
        let at = u32::try_from(first).unwrap_or(u32::MAX);
        report(FaultKind::LoneCr { count: 1 + all.count() }, Span::new(at, at + 1));
    }
}

/// Keys, strings and comments of a file.
struct Strings<'s> {
    source: &'s Source,
    quirks: Quirks,
}

impl Strings<'_> {
    /// The first control character of a comment or a string; `lines` may end in strings of
    /// several.
    fn control_character(&self, span: Span, lines: bool, report: &mut impl FnMut(FaultKind, Span)) {
        let lenient = self.quirks.has(Quirk::LenientText);
        let bad = |b: u8| match b {
            b'\t' => false,
            b'\r' | b'\n' => !lines,
            _ => b < 0x20 || b == 0x7f && !lenient,
        };
        if let Some(at) = self.source.slice(span).bytes().position(bad) {
            let at = span.start + u32::try_from(at).unwrap_or(0);
            if lenient || self.source.text().as_bytes().get(at as usize) != Some(&b'\r') {
                report(FaultKind::ControlCharacter, Span::new(at, at + 1));
            }
        }
    }

    fn check_key(&self, key: Key, report: &mut impl FnMut(FaultKind, Span)) {
        match key.quote {
            Quote::None => {
                if is_bare(self.source.slice(key.span)) {
                    return;
                }
                if !self.source.has_invalid(key.span) || self.quirks.has(Quirk::LenientText) {
                    report(FaultKind::BareKey, key.span);
                }
            }
            Quote::MultiBasic | Quote::MultiLiteral => report(FaultKind::MultilineKey, key.span),
            quote => self.check(key.span, quote, report),
        }
    }

    fn check(&self, span: Span, quote: Quote, report: &mut impl FnMut(FaultKind, Span)) {
        let multi = matches!(quote, Quote::MultiBasic | Quote::MultiLiteral);
        let basic = matches!(quote, Quote::Basic | Quote::MultiBasic);
        if self.source.marks().control && (basic || !self.quirks.has(Quirk::LenientText)) {
            self.control_character(span, multi, report);
        }
        let older = self.quirks.has(Quirk::OlderStrings);
        if older && multi {
            quotes_behind(self.source, span, report);
        }
        if self.source.marks().backslash
            && basic
            && let Some(bad) = bad_escape(self.source.slice(span), multi, older)
        {
            let start = span.start + u32::try_from(bad.start).unwrap_or(0);
            let end = span.start + u32::try_from(bad.end).unwrap_or(0);
            report(FaultKind::Escape, Span::new(start, end));
        }
    }
}

/// More than three quotes at the end of a string of several lines: for older decoders the others
/// begin another string.
fn quotes_behind(source: &Source, span: Span, report: &mut impl FnMut(FaultKind, Span)) {
    let lexeme = source.slice(span);
    let body = lexeme.get(3..lexeme.len().saturating_sub(3)).unwrap_or_default();
    let quote = lexeme.chars().next().unwrap_or_default();
    let kept = body.trim_end_matches(quote).len();
    let escaped = usize::from(quote == '"' && body[..kept].ends_with('\\'));
    if body.len() > kept + escaped {
        report(FaultKind::Syntax(SyntaxKind::Trailing), Span::new(span.end - 1, span.end));
    }
}

/// The first escape that is none. An escape is `\` and one character, or its digits.
fn bad_escape(lexeme: &str, multi: bool, older: bool) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    while let Some(next) = lexeme[at..].find('\\') {
        let start = at + next;
        let rest = &lexeme[start + 1..];
        let first = rest.chars().next()?;
        let digits = match first {
            '"' | '\\' | 'b' | 'f' | 'n' | 'r' | 't' => 0,
            'e' if !older => 0,
            '/' | ' ' | '\t' | '\r' | '\n' if older => 0,
            'u' => 4,
            'U' => 8,
            ' ' | '\t' | '\r' | '\n' if multi && ends_line(rest) => 0,
            _ => return Some(start..start + 1 + first.len_utf8()),
        };
        let end = start + 2 + digits;
        if digits > 0 {
            let code = lexeme
                .get(start + 2..end)
                .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
                .and_then(|hex| u32::from_str_radix(hex, 16).ok());
            if code.is_none_or(|code| !older && char::from_u32(code).is_none()) {
                let shown =
                    rest.bytes().take(1 + digits).take_while(u8::is_ascii_alphanumeric).count();
                return Some(start..start + 1 + shown);
            }
        }
        at = end;
    }
    None
}

/// A backslash may end a line of a string of several, with space behind it.
fn ends_line(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.starts_with('\n') || rest.starts_with("\r\n")
}
