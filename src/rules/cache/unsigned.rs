//! Cache under the name of signed cache, without a signature.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cache", "unsigned", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let gha = &context.decoded.config.cache.gha;
    let command = &gha.sign.command;
    if !command.items().is_empty() || (command.field().is_none() && !command.is_absent()) {
        return;
    }
    if context.decoded.is_misspelt("sign", "command") {
        return;
    }
    let required = gha.verify.required.field().filter(|required| required.value);
    let (span, title) = match (gha.sign.places.first(), required) {
        (Some(place), _) => (
            command.field().map_or(*place, |empty| empty.key),
            "signing is set up without a command",
        ),
        (None, Some(required)) => {
            (required.key, "signatures are required, and this daemon does not sign")
        }
        (None, None) => return,
    };
    sink.report(span, title)
        .key("cache.gha.sign.command")
        .label("cache is exported without a signature")
        .note(
            "it is stored under the name of signed cache, and a daemon with `verify.required` \
             refuses to import it",
        )
        .help("set `command` in `[cache.gha.sign]`, unless this daemon only imports");
}
