//! A frontend that is off.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("frontend", "disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let frontends = &context.decoded.config.frontend;
    let off = |enabled: &'_ crate::model::Leaf<bool>| {
        enabled.field().filter(|field| !field.value).map(|field| field.span)
    };
    let dockerfile = off(&frontends.dockerfile_v0.enabled);
    let gateway = off(&frontends.gateway_v0.enabled);
    let (name, span, label) = match (dockerfile, gateway) {
        (Some(_), Some(gateway)) => {
            ("gateway.v0", gateway, "and with it every frontend from an image")
        }
        (Some(span), None) => ("dockerfile.v0", span, "builds from ordinary Dockerfiles fail"),
        (None, Some(span)) => ("gateway.v0", span, "Dockerfiles with a `# syntax=` line fail"),
        (None, None) => return,
    };
    let both = dockerfile.is_some() && gateway.is_some();
    let title = if both {
        "both frontends are turned off".to_owned()
    } else {
        format!("frontend `{name}` is turned off")
    };
    let finding = sink
        .report(span, title)
        .key(format!("frontend.\"{name}\".enabled"))
        .label(label)
        .help("leave the line out unless this is meant");
    if let Some(dockerfile) = dockerfile.filter(|_| both) {
        finding
            .also(dockerfile, "builds from ordinary Dockerfiles fail")
            .note("only clients that send LLB can build; others end with \"invalid frontend\"");
    } else {
        finding.note("such a build ends with \"invalid frontend\"");
    }
    if let Some(list) =
        frontends.gateway_v0.allowed_repositories.field().filter(|_| gateway.is_some())
    {
        finding.also(list.key, "decides nothing then");
    }
}
