//! A key is misspelt, so buildkitd ignores it.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::report::Fix;
use crate::rules::schema::{place, written};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "misspelt_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Misspelt(known) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        let table = place(&unknown.path, unknown.at);
        sink.report(unknown.part, format!("`{name}` is not a key of {table}"))
            .label("ignored by buildkitd")
            .key(dotted(&unknown.path))
            .note("buildkitd passes over it without a word")
            .help("a key with a similar name exists")
            .fix(Fix::unsafe_(format!("write `{known}`")).replace(unknown.part, written(known)));
    }
}
