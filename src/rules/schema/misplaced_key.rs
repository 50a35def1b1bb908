//! A key stands in a table that does not know it.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::rules::schema::{place, unknown};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "misplaced_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Misplaced(path) = &unknown.class else { continue };
        let help = if path.contains('.') {
            format!("it belongs to `{path}`")
        } else {
            format!("`{path}` belongs to the top level")
        };
        let name = context.source.slice(unknown.part);
        sink.report(
            unknown.part,
            format!("`{name}` is not a key of {}", place(&unknown.path, unknown.at)),
        )
        .label("passed over without a word")
        .key(dotted(&unknown.path))
        .help(help);
    }
}
