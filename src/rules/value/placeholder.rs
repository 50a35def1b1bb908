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
    ("{{", "a template that was not filled in"),
    ("${", "buildkitd expands no variables"),
    ("<your", "a blank from a sample"),
];

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
        let lower = text.to_ascii_lowercase();
        if let Some((_, label)) = MARKS.iter().find(|(mark, _)| lower.contains(mark)) {
            sink.report(span, format!("`{text}` is a placeholder"))
                .label(*label)
                .note("buildkitd takes it literally");
        }
    }
}
