//! A query or fragment in a mirror.

use crate::hosts::{is_literal, mirrors, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "query", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for (_, mirror) in mirrors(config) {
        let Some(at) = mirror.value.find(['?', '#']) else { continue };
        let what =
            if mirror.value.as_bytes().get(at) == Some(&b'?') { "query" } else { "fragment" };
        let span = part(context.source, mirror, at, mirror.value.len() - at);
        let finding = sink
            .report(span, format!("{what} of a mirror is dropped, expected host and path"))
            .label("never sent")
            .note("buildkitd adds `?ns=` with the registry's host to each request by itself");
        if is_literal(context.source, mirror) {
            finding.fix(Fix::unsafe_("remove it").remove(span));
        }
    }
}
