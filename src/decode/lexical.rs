//! Text that hangs together but that buildkitd's parser refuses: characters, keys, strings,
//! scalars, inline tables. TOML 1.0 as go-toml v2.3 (`unstable/parser.go`, `scanner.go`) sees it.

use super::{Fault, FaultKind, scalar};
use crate::source::{Source, Span};
use crate::tree::{Key, NodeKind, Quote, Tree};

/// All faults of that sort, in no order.
pub fn check(source: &Source, tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let text = source.text();
    let mut report = |kind, span| faults.push(Fault::new(kind, span));
    if text.starts_with('\u{feff}') {
        report(FaultKind::ByteOrderMark, Span::new(0, 3));
    }
    if let Some(&first) = source.invalid().first() {
        let count = source.invalid().len();
        report(FaultKind::InvalidUtf8 { count }, Span::new(first, first + 1));
    }
    carriage_returns(text, &mut report);
    for comment in &tree.comments {
        control_character(source, *comment, false, &mut report);
    }
    for key in &tree.keys {
        check_key(source, *key, &mut report);
    }
    for node in &tree.nodes {
        match node.kind {
            _ if node.broken => {}
            NodeKind::Text(quote) => check_string(source, node.span, quote, &mut report),
            NodeKind::Bare => {
                let rest = text.get(node.span.start as usize..).unwrap_or("");
                let len = (node.span.end - node.span.start) as usize;
                if scalar::scan(rest, len).is_none() {
                    report(FaultKind::NotAValue, node.span);
                }
            }
            _ => {}
        }
    }
    for &(node, span) in &tree.inline_newlines {
        if tree.nodes.get(node).is_some_and(|node| !node.broken) {
            report(FaultKind::InlineNewline, span);
        }
    }
    for &(node, span) in &tree.inline_commas {
        if tree.nodes.get(node).is_some_and(|node| !node.broken) {
            report(FaultKind::InlineComma, span);
        }
    }
    faults
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

/// The first control character of a comment or a string; `lines` may end in strings of several.
fn control_character(
    source: &Source,
    span: Span,
    lines: bool,
    report: &mut impl FnMut(FaultKind, Span),
) {
    let bad = |b: u8| match b {
        b'\t' => false,
        b'\r' | b'\n' => !lines,
        _ => b < 0x20 || b == 0x7f,
    };
    if let Some(at) = source.slice(span).bytes().position(bad) {
        let at = span.start + u32::try_from(at).unwrap_or(0);
        if source.text().as_bytes().get(at as usize) != Some(&b'\r') {
            report(FaultKind::ControlCharacter, Span::new(at, at + 1));
        }
    }
}

fn check_key(source: &Source, key: Key, report: &mut impl FnMut(FaultKind, Span)) {
    match key.quote {
        Quote::None => {
            let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let invalid = source.invalid();
            let at = invalid.partition_point(|&at| at < key.span.start);
            let replaced = invalid.get(at).is_some_and(|&at| at < key.span.end);
            let text = source.slice(key.span);
            if !text.chars().all(bare) && !replaced {
                report(FaultKind::BareKey, key.span);
            }
        }
        Quote::MultiBasic | Quote::MultiLiteral => report(FaultKind::MultilineKey, key.span),
        quote => check_string(source, key.span, quote, report),
    }
}

fn check_string(
    source: &Source,
    span: Span,
    quote: Quote,
    report: &mut impl FnMut(FaultKind, Span),
) {
    let multi = matches!(quote, Quote::MultiBasic | Quote::MultiLiteral);
    control_character(source, span, multi, report);
    let basic = matches!(quote, Quote::Basic | Quote::MultiBasic);
    if basic && let Some(bad) = bad_escape(source.slice(span), multi) {
        let start = span.start + u32::try_from(bad.start).unwrap_or(0);
        let end = span.start + u32::try_from(bad.end).unwrap_or(0);
        report(FaultKind::Escape, Span::new(start, end));
    }
}

/// The first escape that is none. An escape is `\` and one character, or its digits.
fn bad_escape(lexeme: &str, multi: bool) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    while let Some(next) = lexeme[at..].find('\\') {
        let start = at + next;
        let rest = &lexeme[start + 1..];
        let first = rest.chars().next()?;
        let digits = match first {
            '"' | '\\' | 'b' | 'f' | 'n' | 'r' | 't' | 'e' => 0,
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
            if code.and_then(char::from_u32).is_none() {
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
