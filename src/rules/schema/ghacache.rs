//! `[ghacache]` is read by nothing.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "ghacache", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::GhaCache = &unknown.class else { continue };
        sink.report(unknown.part, "`ghacache` is read by nothing, expected `cache.gha`")
            .label("ignored by buildkitd, though its sample file has it")
            .key(dotted(&unknown.path))
            .note("signing and verification of the cache stay off")
            .fix(
                Fix::unsafe_("use the name that the code reads").replace(unknown.part, "cache.gha"),
            );
    }
}
