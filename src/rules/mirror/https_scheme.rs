//! A mirror with `https://`.

use crate::effective::Mirror;
use crate::hosts::{is_host, is_literal, mirrors, part, scheme};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "https_scheme", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for (_, mirror) in mirrors(config) {
        let Some((written, _)) = scheme(&mirror.value) else { continue };
        if !written.eq_ignore_ascii_case("https") || !is_host(&Mirror::read(&mirror.value).host) {
            continue;
        }
        let span = part(context.source, mirror, 0, written.len() + 3);
        let finding = sink
            .report(span, "`https://` of a mirror is dropped")
            .label("no effect")
            .note("mirrors are contacted over HTTPS by default; before v0.12 a scheme broke the mirror");
        if is_literal(context.source, mirror) {
            finding.fix(Fix::unsafe_("name the host alone").remove(span));
        }
    }
}
