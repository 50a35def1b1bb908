//! A star in the middle of a pattern.

use crate::model::{Rows, View};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cache", "literal_star", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let policy = &context.decoded.config.cache.gha.verify.policy.body;
    for (at, key) in policy.keys().iter().enumerate() {
        let Some(View::Str(leaf)) = policy.view(at) else { continue };
        let Some(field) = leaf.field() else { continue };
        let text = field.value.as_ref();
        let inner = text.strip_prefix('*').unwrap_or(text);
        let inner = inner.strip_suffix('*').unwrap_or(inner);
        if inner.contains('*') {
            sink.report(field.span, format!("`*` inside `{text}` is taken literally"))
                .key(format!("cache.gha.verify.policy.{}", key.name))
                .label("a wildcard at the beginning and at the end only")
                .note("no certificate holds a star, so no signature passes")
                .help("shorten the pattern to one that begins or ends with `*`");
        }
    }
}
