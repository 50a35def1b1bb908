//! A key is misspelt, so buildkitd ignores it.

use crate::decode::classify::Class;
use crate::decode::{Unknown, dotted};
use crate::report::Fix;
use crate::rules::schema::{place, written};
use crate::rules::{Context, Rule, Sink};
use crate::schema::Kind;
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "misspelt_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Misspelt(known) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        let table = place(&unknown.path, unknown.at);
        sink.report(unknown.part, format!("`{name}` is not a key of {table}"))
            .label("passed over without a word")
            .key(dotted(&unknown.path))
            .help("a key with a similar name exists")
            .fix(rename(context, unknown, known));
    }
}

/// The right name, and brackets around a lone string where the key takes an array of them.
fn rename(context: &Context<'_>, unknown: &Unknown<'_>, known: &str) -> Fix {
    let fix = Fix::unsafe_(format!("write `{known}`")).replace(unknown.part, written(known));
    let takes_array =
        unknown.table.iter().any(|key| key.name == known && matches!(key.kind, Kind::Strs));
    match context.tree.nodes.get(unknown.node + 1) {
        Some(value) if takes_array && matches!(value.kind, NodeKind::Text(_)) => {
            fix.insert(value.span.start, "[").insert(value.span.end, "]")
        }
        _ => fix,
    }
}
