//! A mirror with the path of the API.

use crate::hosts::{is_literal, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "leading_v2", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().iter() {
        let (host, path) = (&*mirror.host, &*mirror.path);
        let twice = path == "/v2/v2" || path.starts_with("/v2/v2/");
        if !twice || !mirror.is_host() {
            continue;
        }
        // The path begins behind scheme and host.
        let rest = mirror.scheme.map_or(&*mirror.element.value, |(_, rest)| rest);
        let slash = rest.find('/').map(|at| at + mirror.element.value.len() - rest.len());
        let Some(at) = slash else { continue };
        if !mirror.element.value.get(at..).is_some_and(|path| path.starts_with("/v2")) {
            continue;
        }
        let span = part(context.source, mirror.element, at, 3);
        let finding = sink
            .report(span, "path of a mirror begins with `/v2`, which buildkitd adds by itself")
            .label("doubled")
            .note(format!(
                "buildkitd asks https://{host}{path}, where registries answer \"not found\""
            ));
        if is_literal(context.source, mirror.element) {
            finding.fix(Fix::unsafe_("remove it").remove(span));
        }
    }
}
