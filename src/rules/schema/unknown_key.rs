//! A key is not one that buildkitd knows.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::release::NEWEST;
use crate::rules::schema::{place, unknown};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "unknown_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Unknown = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        sink.report(
            unknown.part,
            format!("`{name}` is not a key of {}", place(&unknown.path, unknown.at)),
        )
        .label(format!("passed over without a word, up to v{NEWEST}"))
        .key(dotted(&unknown.path));
    }
}
