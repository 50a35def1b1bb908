//! A mirror with `https://`.

use crate::hosts::{is_literal, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "https_scheme", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let Some((written, _)) = mirror.scheme else { continue };
        if !written.eq_ignore_ascii_case("https") || !mirror.is_host() {
            continue;
        }
        let span = part(context.source, mirror.element, 0, written.len() + 3);
        let finding = sink
            .report(span, "`https://` of a mirror is dropped")
            .label("no effect")
            .note("mirrors are contacted over HTTPS by default; before v0.12 a scheme broke the mirror");
        if is_literal(context.source, mirror.element) {
            finding.fix(Fix::unsafe_("name the host alone").remove(span));
        }
    }
}
