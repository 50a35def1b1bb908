//! A key stands in a table that does not know it.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::rules::schema::place;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "misplaced_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Misplaced(path) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        sink.report(
            unknown.part,
            format!("`{name}` is not a key of {}", place(&unknown.path, unknown.at)),
        )
        .label("ignored by buildkitd")
        .key(dotted(&unknown.path))
        .note("buildkitd passes over it without a word")
        .help(format!("it belongs to `{path}`"));
    }
}
