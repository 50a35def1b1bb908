//! The host of a registry table is not quoted.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "unquoted_host", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::UnquotedHost { host, span } = &unknown.class else { continue };
        // A port without quotes is refused, and the rule about that quotes the whole host.
        if context.decoded.is_refused_within(*span) {
            continue;
        }
        let (first, rest) = host.split_once('.').unwrap_or((host, ""));
        sink.report(*span, format!("registry host `{host}` is not quoted"))
            .label(format!("read as `{first}`, and in it `{rest}`"))
            .key(named(&unknown.path))
            .note("buildkitd drops everything in this table without a word")
            .fix(Fix::unsafe_("quote the host").replace(*span, format!("\"{host}\"")));
    }
}
