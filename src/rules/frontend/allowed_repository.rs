//! Repositories for frontends that are none, or more than meant.

use crate::report::{Impact, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("frontend", "allowed_repository", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let gateway = &context.decoded.config.frontend.gateway_v0;
    if gateway.enabled.get() == Some(&false) {
        return;
    }
    for entry in gateway.allowed_repositories.items() {
        let text = entry.value.as_ref();
        let refused = text.is_empty()
            || text.contains("://")
            || text.ends_with('/')
            || text.chars().any(|c| c == '*' || c.is_whitespace());
        let (name, tagged) = split(text);
        if refused {
            sink.report(entry.span, format!("`{text}` is no repository"))
                .key("frontend.\"gateway.v0\".allowedRepositories")
                .impact(Impact::Start)
                .label("expected a full name such as \"docker/dockerfile\"")
                .note("buildkitd ends with \"invalid reference format\" at start");
        } else if tagged {
            sink.report(entry.span, format!("`{text}` allows every tag of `{name}`"))
                .key("frontend.\"gateway.v0\".allowedRepositories")
                .impact(Impact::Exposure)
                .level(Level::Warn)
                .label("tag and digest are dropped")
                .note("only the name is compared; a list cannot pin a version")
                .help(format!("write `{name}`, which says what is allowed"));
        } else if !name.contains('/') && name.contains('.') {
            sink.report(entry.span, format!("`{text}` is read as an image, not as a registry"))
                .key("frontend.\"gateway.v0\".allowedRepositories")
                .label(format!("means `docker.io/library/{text}`"))
                .note("the full name is compared, so no frontend of that registry is allowed")
                .help("name each repository in full");
        }
    }
}

/// The name of a reference without tag and digest, and whether it has one.
fn split(text: &str) -> (&str, bool) {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    // A colon before the last slash is that of a port.
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let tag = name.get(last..).and_then(|part| part.find(':')).map(|at| last + at);
    let bare = tag.and_then(|at| name.get(..at)).unwrap_or(name);
    (bare, bare.len() < text.len())
}
