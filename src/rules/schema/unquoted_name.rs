//! The name of a frontend is not quoted.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "unquoted_name", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::UnquotedName { name, span } = &unknown.class else { continue };
        sink.report(*span, format!("frontend name `{name}` is not quoted"))
            .label("read as one table in another")
            .key(named(&unknown.path))
            .note("buildkitd passes over the table without a word")
            .fix(Fix::unsafe_("quote the name").replace(*span, format!("\"{name}\"")));
    }
}
