//! A value that was never filled in.

use crate::decode::classify::is_credential;
use crate::rules::{Context, Rule, Sink};
use crate::tree::{NodeKind, Quote, unquote};

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

/// What a value that was never filled in holds.
pub(crate) fn mark(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let known = MARKS.iter().find(|(mark, _)| lower.contains(mark)).map(|(_, label)| *label);
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
        // A credential is not repeated, filled in or not.
        let above = id.checked_sub(1).and_then(|id| nodes.get(id));
        if let Some(NodeKind::Pair { keys }) = above.map(|node| &node.kind)
            && let Some(key) = context.tree.path(keys).last()
            && is_credential(&unquote(context.source.slice(key.span), key.quote))
        {
            continue;
        }
        let span = node.span.inner();
        let text = context.source.slice(span);
        if let Some(label) = mark(text) {
            sink.report(span, format!("`{text}` is a placeholder"))
                .label(label)
                .note("buildkitd takes it literally");
        }
    }
}
