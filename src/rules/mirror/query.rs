//! A query or fragment in a mirror.

use crate::hosts::{is_literal, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "query", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let Some(at) = mirror.element.value.find(['?', '#']) else { continue };
        let what = if mirror.element.value.as_bytes().get(at) == Some(&b'?') {
            "query"
        } else {
            "fragment"
        };
        let span = part(context.source, mirror.element, at, mirror.element.value.len() - at);
        let finding = sink
            .report(span, format!("{what} of a mirror is dropped, expected host and path"))
            .label("never sent")
            .note("buildkitd adds `?ns=` with the registry's host to each request by itself");
        if is_literal(context.source, mirror.element) {
            finding.fix(Fix::unsafe_("remove it").remove(span));
        }
    }
}
