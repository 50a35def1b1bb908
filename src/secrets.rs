//! Where secrets stand in a file: in keys that have no business there, and in the user part of
//! addresses. They are blotted out before anything is printed.

use std::borrow::Cow;

use crate::decode::Decoded;
use crate::decode::classify::is_credential;
use crate::order::Order;
use crate::report::Finding;
use crate::source::{Source, Span, Spans};
use crate::tree::{NodeKind, Tree, unquote};

/// The spans of all of them.
#[must_use]
pub fn spans(source: &Source, tree: &Tree, decoded: &Decoded<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    // At any depth: below a table that is not known, keys are not judged one by one.
    for (id, node) in tree.nodes.iter().enumerate() {
        if let NodeKind::Pair { keys } = &node.kind
            && let Some(last) = tree.path(keys).last()
            && is_credential(&unquote(source.slice(last.span), last.quote))
            && let Some(value) = tree.nodes.get(id + 1)
        {
            let bare = value.kind == NodeKind::Bare;
            spans.push(if bare { value.span } else { value.span.inner() });
        }
    }
    let text = source.text();
    spans.extend(shapes(text));
    if !text.contains('@') {
        return spans;
    }
    let ends = |c: char| matches!(c, '/' | '"' | '\'' | '?' | '#') || c.is_whitespace();
    for (at, mark) in text.match_indices("://") {
        spans.extend(user_part(text, at + mark.len(), ends));
    }
    for entry in decoded.config.registry.iter() {
        for mirror in entry.mirrors.items() {
            spans.extend(user_part(text, mirror.span.start as usize + 1, ends));
        }
        spans.extend(user_part(text, entry.key.start as usize + 1, ends));
    }
    spans
}

/// Takes the secrets out of what rules have said about them, in case one repeats the value. A fix
/// that would write a secret anew is not offered.
pub fn scrub(source: &Source, spans: &[Span], findings: &mut [Finding]) {
    let secrets: Spans = spans.iter().copied().collect();
    for finding in findings {
        finding.fixes.retain(|fix| fix.edits.iter().all(|edit| !has_shape(&edit.text)));
        finding.texts(mask_in_place);
        for span in secrets.touching(finding.span) {
            let secret = source.slice(span);
            finding.fixes.retain(|fix| !fix.edits.iter().any(|edit| edit.text.contains(secret)));
            let words = [&mut finding.message, &mut finding.label]
                .into_iter()
                .chain(&mut finding.notes)
                .chain(&mut finding.help);
            for text in words.filter(|text| text.contains(secret)) {
                *text = text.replace(secret, "****");
            }
        }
    }
}

/// How the first line of a private key ends.
const KEY: &str = "PRIVATE KEY-----";

/// Where texts of any sort look like secrets: the password of `user:password@host` with its user,
/// and what follows the first line of a private key.
fn shapes(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut add = |start: usize, end: usize| {
        let offset = |at| u32::try_from(at).ok();
        spans.extend(offset(start).zip(offset(end)).map(|(start, end)| Span::new(start, end)));
    };
    // Where the word begins that an `@` may stand in, and whether there is a colon in it.
    let (mut start, mut colon) = (0, false);
    let searched = if text.contains('@') { text } else { "" };
    for (at, c) in searched.bytes().enumerate() {
        match c {
            b'@' if colon && at > start => {
                let rest = text.get(at + 1..).unwrap_or_default();
                // `alpine:3@sha256:…` is an image.
                if !rest.starts_with("sha") {
                    add(start, at);
                    start = at;
                }
            }
            b':' => colon = true,
            b'"' | b'\'' | b'`' | b'/' | b'(' | b'[' | b',' | b'=' | 0..=b' ' => {
                (start, colon) = (at + 1, false);
            }
            _ => {}
        }
    }
    for (at, _) in text.match_indices(KEY) {
        let start = at + KEY.len();
        let rest = text.get(start..).unwrap_or_default();
        let quote = rest.find(['"', '\'', '`']).unwrap_or(rest.len());
        let end = rest.get(..quote).and_then(|rest| rest.find("-----")).unwrap_or(quote);
        add(start, start + end);
    }
    spans
}

/// Whether something in it looks like a secret; most texts hold neither mark.
fn has_shape(text: &str) -> bool {
    (text.contains('@') || text.contains(KEY)) && !shapes(text).is_empty()
}

/// A text with asterisks for all that looks like a secret.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    if !has_shape(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut spans = shapes(text);
    spans.order();
    for span in spans {
        let Span { start, end } = span;
        let start = done.max(start as usize);
        if start < end as usize {
            // Of spans that touch, the first has brought the asterisks.
            if start > done || done == 0 {
                out.push_str(text.get(done..start).unwrap_or_default());
                out.push_str("****");
            }
            done = end as usize;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// The same for a text that is kept.
pub fn mask_in_place(text: &mut String) {
    if let Cow::Owned(masked) = mask(text) {
        *text = masked;
    }
}

/// A text with the user parts of its addresses blotted out; `address` says that it is one without
/// a scheme.
#[must_use]
pub fn hide(text: &str, address: bool) -> String {
    let ends = |c: char| matches!(c, '/' | '"' | '\'' | '?' | '#') || c.is_whitespace();
    let marks = text.match_indices("://").map(|(at, mark)| at + mark.len());
    let starts = address.then_some(0).into_iter().chain(marks);
    let mut out = text.to_owned();
    let spans: Vec<_> = starts.filter_map(|start| user_part(text, start, ends)).collect();
    for span in spans.into_iter().rev() {
        out.replace_range(span.range(), "****");
    }
    out
}

/// What stands before the last `@` of an address that begins at `start`.
fn user_part(text: &str, start: usize, ends: impl Fn(char) -> bool) -> Option<Span> {
    let rest = text.get(start..)?;
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let length = address.rfind('@')?;
    let start = u32::try_from(start).ok()?;
    Some(Span::new(start, start + u32::try_from(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::release::Releases;

    #[test]
    fn addresses_are_shown_without_users() {
        assert_eq!(hide("me:hush@m/p", true), "****@m/p");
        assert_eq!(hide("a https://me:hush@m and me@x", false), "a https://****@m and me@x");
        assert_eq!(hide("m:5000", true), "m:5000");
    }

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for (text, masked) in [
            ("`me:hush@m.io` and u:p@x", "`****@m.io` and ****@x"),
            ("https://me:hush@m.io/p", "https://****@m.io/p"),
            ("a:b@c@d", "****@d"),
            ("alpine:3.20@sha256:00", "alpine:3.20@sha256:00"),
            ("me@m.io, a:5000/x@y", "me@m.io, a:5000/x@y"),
            (
                "-----BEGIN EC PRIVATE KEY-----\nMII\n-----END",
                "-----BEGIN EC PRIVATE KEY-----****-----END",
            ),
            (
                "`-----BEGIN PRIVATE KEY-----\\nMII…` is none",
                "`-----BEGIN PRIVATE KEY-----****` is none",
            ),
            ("-----BEGIN PRIVATE KEY-----MII", "-----BEGIN PRIVATE KEY-----****"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn secrets_are_blotted_out() {
        let text = "# see https://u:hush@x/\n[registry.\"a\"]\nmirrors = [\"me:hush@m/p\"]\n\
            password = \"hush\"\nauth = { token = \"hush\" }\n[x.credentials]\nPassword = 'hush'\n";
        let mut source = Source::new("x", text.into());
        let spans = {
            let tree = Tree::parse(&source);
            spans(&source, &tree, &decode(&source, &tree, Releases::default()))
        };
        source.blot(&spans);
        assert!(!source.text().contains("hush"), "{}", source.text());
        assert_eq!(source.text().len(), text.len());
        assert!(source.text().contains("@m/p\"]\npassword = \"****\""));
    }
}
