//! A signing command whose result nobody can check.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cache", "sign_without_verify", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let gha = &context.decoded.config.cache.gha;
    let Some(command) = gha.sign.command.field().filter(|command| !command.value.is_empty()) else {
        return;
    };
    let required = &gha.verify.required;
    if required.is_true() || (required.field().is_none() && !required.is_absent()) {
        return;
    }
    let finding = sink.report(command.key, "a signing command without `verify.required` crashes");
    finding
        .key("cache.gha.sign.command")
        .label("its signature is verified by a verifier that is not there")
        .note("buildkitd starts, and ends with a panic when a build first exports such cache")
        .help("set `required = true` in `[cache.gha.verify]`");
    if let Some(off) = required.field() {
        finding.also(off.span, "leaves the verifier out");
    }
}
