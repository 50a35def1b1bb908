//! Where secrets stand in a file: in keys that have no business there, and in the user part of
//! addresses. They are blotted out before anything is printed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::{Bound, Range};

use crate::decode::Decoded;
use crate::decode::classify::is_credential;
use crate::hosts::content;
use crate::order::Order;
use crate::report::Finding;
use crate::source::{Source, Span, Spans};
use crate::tree::{Key, NodeKind, Quote, Tree, unquote, unquoted};

/// The spans of all of them.
#[must_use]
pub fn spans(source: &Source, tree: &Tree, decoded: &Decoded<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    let names_one = |key: &Key| is_credential(&unquoted(source, key.span, key.quote));
    // Most files have none.
    let nodes = if tree.keys.iter().any(names_one) { &*tree.nodes } else { &[] };
    // At any depth: below a table that is not known, keys are not judged one by one.
    for (id, node) in nodes.iter().enumerate() {
        if let NodeKind::Pair { keys } = &node.kind
            && tree.path(keys).last().is_some_and(names_one)
            && let Some(value) = tree.nodes.get(id + 1)
        {
            let bare = value.kind == NodeKind::Bare;
            spans.push(if bare { value.span } else { value.span.inner() });
        }
    }
    let text = source.text();
    let marks = source.marks();
    if marks.at {
        // Where it cannot be told what is a mirror, each `@` may be that of one.
        spans.extend(shapes(text, !tree.errors.is_empty()));
    } else {
        keys(text, &mut spans);
    }
    if !marks.at && !marks.backslash {
        return spans;
    }
    for (at, mark) in text.match_indices("://") {
        spans.extend(user_part(text, at + mark.len()));
    }
    let address = |span| {
        let span = content(source, span);
        let written = source.slice(span);
        // Where escapes hide the user, all of it goes.
        let hidden = written.contains('\\') && unquote(written, Quote::MultiBasic).contains('@');
        if hidden { Some(span) } else { user_part(text, span.start as usize) }
    };
    let is_list = |key: &Key| unquoted(source, key.span, key.quote).eq_ignore_ascii_case("mirrors");
    spans.extend(decoded.config.registry.iter().filter_map(|entry| address(entry.key)));
    // From the tree, since there is no model of what does not load.
    for (id, node) in tree.nodes.iter().enumerate() {
        if let NodeKind::Pair { keys } = &node.kind
            && tree.path(keys).last().is_some_and(is_list)
            && let Some(below) = tree.nodes.get(id + 1..node.end as usize)
        {
            let texts = below.iter().filter(|node| matches!(node.kind, NodeKind::Text(_)));
            spans.extend(texts.filter_map(|mirror| address(mirror.span)));
        }
    }
    spans
}

/// Takes the secrets of a file out of what is said about it.
pub struct Masks<'s> {
    source: &'s Source,
    spans: Spans,
    /// What stands before the `@` of addresses, as written and as read.
    users: BTreeSet<Cow<'s, str>>,
}

impl<'s> Masks<'s> {
    /// For what [`spans`] has found.
    #[must_use]
    pub fn new(source: &'s Source, spans: &[Span]) -> Self {
        let mut users = BTreeSet::new();
        for &span in spans {
            let rest = source.text().get(span.end as usize..).unwrap_or_default();
            for form in forms(source.slice(span)) {
                if rest.starts_with('@') {
                    users.insert(form);
                } else {
                    let of_words = words(&form).filter_map(|(_, word)| user(word));
                    users.extend(of_words.map(|user| Cow::Owned(user.to_owned())));
                }
            }
        }
        users.remove("");
        Self { source, spans: spans.iter().copied().collect(), users }
    }

    /// What a rule has repeated of secrets. A fix that would write one anew is not offered.
    pub fn finding(&self, finding: &mut Finding) {
        // Of a secret that the finding is about in part, that part is repeated.
        let values = self.spans.touching(finding.span).flat_map(|span| {
            let Span { start, end } = finding.span;
            [span, Span::new(span.start.max(start), span.end.min(end))]
        });
        let values = values.flat_map(|span| forms(self.source.slice(span).trim()));
        let values: Vec<_> = values.filter(|value| !value.is_empty()).collect();
        let is_clean = |text: &str| {
            !has_shape(text)
                && self.users_in(text).next().is_none()
                && !values.iter().any(|value| places(text, value).next().is_some())
        };
        finding.fixes.retain(|fix| fix.edits.iter().all(|edit| is_clean(&edit.text)));
        finding.texts(&mut |text| {
            self.text(text);
            for value in &values {
                mask_value(text, value);
            }
        });
    }

    /// The users of addresses, wherever the text comes from, and what looks like a secret.
    pub fn text(&self, text: &mut String) {
        mask_in_place(text);
        let users: Vec<_> = self.users_in(text).collect();
        for range in users.into_iter().rev() {
            text.replace_range(range, "****");
        }
    }

    fn users_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let words = (!self.users.is_empty()).then(|| words(text)).into_iter().flatten();
        words.filter_map(|(start, word)| {
            // Of one that was cut short, the first letters tell.
            let (name, cut) = match (user(word), word.split_once('…')) {
                (Some(name), _) => (name, false),
                (None, Some((name, _))) => (name, true),
                (None, None) => return None,
            };
            let is_one = |name: &&str| {
                let from = (Bound::Included(*name), Bound::Unbounded);
                let next = self.users.range::<str, _>(from).next();
                next.is_some_and(|user| user == name || cut && user.starts_with(name))
            };
            let bare = name.trim_start_matches(['`', '(', '[']);
            let found = [name, bare].into_iter().filter(|name| !name.is_empty()).find(is_one)?;
            let end = start + name.len();
            Some(end - found.len()..end)
        })
    }
}

/// A secret as it is written, and as it is read if that is not the same.
fn forms(raw: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let read = raw.contains('\\').then(|| unquote(raw, Quote::MultiBasic));
    std::iter::once(Cow::Borrowed(raw)).chain(read)
}

/// Where a value stands on its own, or anywhere if it is longer than the words that we say.
fn places<'t>(text: &'t str, value: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_long = value.len() > 24;
    let is_edge = move |c: char| is_long || c.is_whitespace() || "`\"'=,[]{}".contains(c);
    text.match_indices(value).map(|(at, _)| at).filter(move |&at| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + value.len()..).and_then(|text| text.chars().next());
        before.is_none_or(is_edge) && after.is_none_or(is_edge)
    })
}

/// Asterisks for a value where it is quoted: it may be a word that we say as well.
fn mask_value(text: &mut String, value: &str) {
    let is_quoted = |&at: &usize| {
        let before = text.get(..at).unwrap_or_default();
        let quoted = before.ends_with(['"', '\'']) || before.matches('`').count() % 2 == 1;
        quoted || before.is_empty() && text.len() == value.len()
    };
    let places: Vec<_> = places(text, value).filter(is_quoted).collect();
    for at in places.into_iter().rev() {
        text.replace_range(at..at + value.len(), "****");
    }
    // Of one that was cut short, the first letters tell.
    if let Some(kept) = text.strip_suffix('…')
        && let Some(at) = value.get(..8).and_then(|first| kept.find(first))
        && kept.get(at..).is_some_and(|rest| value.starts_with(rest))
    {
        text.truncate(at);
        text.push_str("****");
    }
}

/// How the first line of a private key ends.
const KEY: &str = "PRIVATE KEY-----";

/// Where texts of any sort look like secrets: the password of `user:password@host` with its user,
/// and what follows the first line of a private key. With `bare`, also that of `user@host`.
fn shapes(text: &str, bare: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    // Where the word begins that an `@` may stand in, and whether there is a colon in it.
    let (mut start, mut colon) = (0, bare);
    let searched = if text.contains('@') { text } else { "" };
    for (at, c) in searched.bytes().enumerate() {
        match c {
            b'@' if colon && at > start => {
                let rest = text.get(at + 1..).unwrap_or_default();
                // `alpine:3@sha256:…` is an image.
                if !rest.starts_with("sha") {
                    spans.extend(span(start, at));
                    start = at;
                }
            }
            b':' => colon = true,
            b'"' | b'\'' | b'`' | b'/' | b'(' | b'[' | b',' | b'=' | 0..=b' ' => {
                (start, colon) = (at + 1, bare);
            }
            _ => {}
        }
    }
    keys(text, &mut spans);
    spans
}

/// What follows the first line of a private key.
fn keys(text: &str, spans: &mut Vec<Span>) {
    // `contains` is several times as fast, and finds none as a rule.
    let searched = if text.contains(KEY) { text } else { "" };
    for (at, _) in searched.match_indices(KEY) {
        let start = at + KEY.len();
        let rest = text.get(start..).unwrap_or_default();
        let quote = rest.find(['"', '\'', '`']).unwrap_or(rest.len());
        let end = rest.get(..quote).and_then(|rest| rest.find("-----")).unwrap_or(quote);
        spans.extend(span(start, start + end));
    }
}

fn span(start: usize, end: usize) -> Option<Span> {
    Some(Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?))
}

/// Whether something in it looks like a secret; most texts hold neither mark.
fn has_shape(text: &str) -> bool {
    (text.contains('@') || text.contains(KEY)) && !shapes(text, false).is_empty()
}

/// A text with asterisks for all that looks like a secret.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    if !has_shape(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut spans = shapes(text, false);
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
    let marks = text.match_indices("://").map(|(at, mark)| at + mark.len());
    hide_after(text, address.then_some(0).into_iter().chain(marks))
}

/// The same for the path of a key: the names of registries are addresses.
#[must_use]
pub fn hide_key(key: &str) -> String {
    let quotes = if key.starts_with("registry.") { key } else { "" };
    let quotes = quotes.match_indices('"').map(|(at, _)| at + 1);
    let marks = key.match_indices("://").map(|(at, mark)| at + mark.len());
    let mut starts: Vec<_> = quotes.chain(marks).collect();
    starts.order();
    hide_after(key, starts)
}

fn hide_after(text: &str, starts: impl IntoIterator<Item = usize>) -> String {
    let mut out = text.to_owned();
    let spans: Vec<_> = starts.into_iter().filter_map(|start| user_part(text, start)).collect();
    for span in spans.into_iter().rev() {
        out.replace_range(span.range(), "****");
    }
    out
}

/// What stands before the last `@` of an address that begins at `start`.
fn user_part(text: &str, start: usize) -> Option<Span> {
    let (_, address) = words(text.get(start..)?).next()?;
    let length = user(address)?.len();
    let start = u32::try_from(start).ok()?;
    Some(Span::new(start, start + u32::try_from(length).ok()?))
}

/// What may be an address each, with its place.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| matches!(c, '/' | '"' | '\'' | '?' | '#') || c.is_whitespace();
    let mut next = 0;
    text.split_inclusive(ends).map(move |word| {
        let start = next;
        next += word.len();
        (start, word.strip_suffix(ends).unwrap_or(word))
    })
}

fn user(address: &str) -> Option<&str> {
    Some(address.rsplit_once('@')?.0)
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
        assert_eq!(hide_key("registry.\"me@m\".http"), "registry.\"****@m\".http");
        assert_eq!(hide_key("registry.\"x://me@m\".\"a@b\""), "registry.\"x://****@m\".\"****@b\"");
        assert_eq!(hide_key("worker.oci.labels.\"a@b\""), "worker.oci.labels.\"a@b\"");
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
    fn words_of_ours_are_no_secrets() {
        let text = "[registry.\"me@m.io\"]\nmirrors = ['https://the@n.io/p', \"na\\u006de@o.io\"]\n\
            [worker.oci.labels]\ntoken = \"name\"\npassword = ''\nsecret = 12\n";
        let source = Source::new("x", text.into());
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        let masks = Masks::new(&source, &spans(&source, &tree, &decoded));
        let long = "x".repeat(2000);
        for (text, masked) in [
            ("name the host: `me@m.io`", "name the host: `****@m.io`"),
            ("registry.\"me@m.io\".http", "registry.\"****@m.io\".http"),
            ("some@m.io is not me@m.io", "some@m.io is not ****@m.io"),
            ("(the@n.io) at https://the@n.io", "(****@n.io) at https://****@n.io"),
            ("`name@o.io`, na\\u006de@o.io", "`****@o.io`, ****@o.io"),
            ("`registry.\"na…", "`registry.\"****…"),
        ] {
            let mut said = text.to_owned();
            masks.text(&mut said);
            assert_eq!(said, masked);
        }
        for (value, text, masked) in [
            ("name", "`name` is the name of `a name.name`", "`****` is the name of `a name.name`"),
            ("name", "name", "****"),
            ("12", "`secret = 12` is 12", "`secret = ****` is 12"),
            ("12", "\"12\" of 12", "\"****\" of 12"),
            (&long, "`xxxxxxxxxxxxx…", "`****"),
        ] {
            let mut said = text.to_owned();
            mask_value(&mut said, value);
            assert_eq!(said, masked);
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
