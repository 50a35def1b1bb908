//! A value that was never filled in.

use crate::decode::classify::is_credential;
use crate::rules::{Context, Rule, Sink};
use crate::tree::{NodeKind, Quote, unquoted};

/// See the page.
pub static RULE: Rule = rule!("value", "placeholder", check);

/// What samples and templates leave behind.
const MARKS: &[(&str, &str)] = &[
    ("/path/to/", "a path from a sample"),
    ("/your/path", "a path from a sample"),
    ("yourmirror.", "a host from a sample"),
    ("your-mirror.", "a host from a sample"),
    ("your.hostname", "a host from a sample"),
    ("your-registry", "a host from a sample"),
    ("your-domain", "a host from a sample"),
    ("yourdomain.", "a host from a sample"),
    ("{{", "a template that was not filled in"),
    ("<%", "a template that was not filled in"),
    ("%!", "a template that was filled in wrongly"),
    ("${", "buildkitd expands no variables"),
];

/// Which bytes stand at a place of a mark, in either letter case.
const fn bytes(place: usize) -> [bool; 256] {
    let (mut bytes, mut at) = ([false; 256], 0);
    while at < MARKS.len() {
        let byte = MARKS[at].0.as_bytes()[place];
        bytes[byte as usize] = true;
        bytes[byte.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    bytes
}

static FIRST: [bool; 256] = bytes(0);
static SECOND: [bool; 256] = bytes(1);

/// What a value that was never filled in holds.
pub(crate) fn mark(text: &str) -> Option<&'static str> {
    // Most texts hold nothing of that.
    if !text.bytes().any(|byte| FIRST[usize::from(byte)]) {
        return None;
    }
    let may = |two: &[u8]| match two {
        [first, second] => FIRST[usize::from(*first)] && SECOND[usize::from(*second)],
        _ => false,
    };
    let places = text.as_bytes().windows(2).enumerate().filter(|(_, two)| may(two));
    let known = places.filter_map(|(at, _)| {
        let stands = |mark: &str| {
            let there = text.as_bytes().get(at..at + mark.len());
            there.is_some_and(|there| there.eq_ignore_ascii_case(mark.as_bytes()))
        };
        MARKS.iter().position(|(mark, _)| stands(mark))
    });
    let known = known.min().and_then(|first| MARKS.get(first)).map(|(_, label)| *label);
    // `<NEXUS_HOST>`, but not a range or an arrow.
    let blank = || {
        let (_, rest) = text.split_once('<')?;
        let (name, _) = rest.split_once('>')?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
        (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(word))
            .then_some("a blank from a sample")
    };
    known.or_else(blank)
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let nodes = &context.tree.nodes;
    for (id, node) in nodes.iter().enumerate() {
        if !matches!(node.kind, NodeKind::Text(Quote::Basic | Quote::Literal)) || node.broken {
            continue;
        }
        let span = node.span.inner();
        let text = context.source.slice(span);
        let Some(label) = mark(text) else { continue };
        // A credential is not repeated, filled in or not.
        let above = id.checked_sub(1).and_then(|id| nodes.get(id));
        if let Some(NodeKind::Pair { keys }) = above.map(|node| &node.kind)
            && let Some(key) = context.tree.path(keys).last()
            && is_credential(&unquoted(context.source, key.span, key.quote))
        {
            continue;
        }
        sink.report(span, format!("`{text}` is a placeholder"))
            .label(label)
            .note("buildkitd takes it literally");
    }
}
