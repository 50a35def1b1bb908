//! A public registry in plain text.

use crate::effective::{DOCKER_HUB, DOCKER_HUB_HOST};
use crate::hosts::{content, is_public};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "public_plain_http", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let Some(http) = entry.http.field().filter(|field| field.value) else { continue };
        if !is_public(&entry.name) || !table.stranded().is_empty() {
            continue;
        }
        let host = if entry.name == DOCKER_HUB { DOCKER_HUB_HOST } else { &entry.name };
        let note = if entry.insecure.is_true() {
            format!(
                "buildkitd takes any certificate for https://{host}/v2, and tries \
                 http://{host}/v2 when that fails"
            )
        } else {
            format!("buildkitd pulls from and pushes to http://{host}/v2")
        };
        sink.report(http.key.to(http.span), format!("`{}` is contacted in plain text", entry.name))
            .also(content(context.source, entry.key), "a public registry, which serves HTTPS")
            .note(note)
            .help("remove it; a registry that needs plain HTTP has a table under its own host");
    }
}
