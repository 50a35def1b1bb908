//! A mirror with the path of the API.

use crate::effective::Mirror;
use crate::hosts::{is_host, is_literal, mirrors, part, scheme};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "leading_v2", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for (_, mirror) in mirrors(config) {
        let Mirror { host, path } = Mirror::read(&mirror.value);
        let twice = path == "/v2/v2" || path.starts_with("/v2/v2/");
        // The path begins behind scheme and host.
        let rest = scheme(&mirror.value).map_or(&*mirror.value, |(_, rest)| rest);
        let slash = rest.find('/').map(|at| at + mirror.value.len() - rest.len());
        let Some(at) = slash.filter(|_| twice && is_host(&host)) else { continue };
        if !mirror.value.get(at..).is_some_and(|path| path.starts_with("/v2")) {
            continue;
        }
        let span = part(context.source, mirror, at, 3);
        let finding = sink
            .report(span, "path of a mirror begins with `/v2`, which buildkitd adds by itself")
            .label("doubled")
            .note(format!(
                "buildkitd asks https://{host}{path}, where registries answer \"not found\""
            ));
        if is_literal(context.source, mirror) {
            finding.fix(Fix::unsafe_("remove it").remove(span));
        }
    }
}
