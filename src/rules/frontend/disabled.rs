//! A frontend that is off.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("frontend", "disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let frontends = &context.decoded.config.frontend;
    let both = [
        (
            "dockerfile.v0",
            &frontends.dockerfile_v0.enabled,
            "builds from ordinary Dockerfiles fail",
        ),
        ("gateway.v0", &frontends.gateway_v0.enabled, "Dockerfiles with a `# syntax=` line fail"),
    ];
    for (name, enabled, effect) in both {
        let Some(off) = enabled.field().filter(|enabled| !enabled.value) else { continue };
        sink.report(off.span, format!("frontend `{name}` is turned off"))
            .key(format!("frontend.\"{name}\".enabled"))
            .label(effect)
            .note("such a build ends with \"invalid frontend\"")
            .help("leave the line out unless this is meant");
    }
}
