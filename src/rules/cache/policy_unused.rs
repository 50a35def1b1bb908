//! A policy that nothing is held against.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cache", "policy_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let gha = &context.decoded.config.cache.gha;
    let required = &gha.verify.required;
    let Some(place) = gha.verify.policy.places.first() else { return };
    let malformed = required.field().is_none() && !required.is_absent();
    // A signing command is a fault of its own without `required`.
    if required.is_true() || malformed || gha.sign.is_present() {
        return;
    }
    let finding = sink.report(*place, "the policy for signed cache is not applied");
    finding
        .key("cache.gha.verify.policy")
        .label("nothing is verified")
        .note("unsigned cache, and cache signed by anybody, is used")
        .help("set `required = true` in `[cache.gha.verify]`");
    if let Some(off) = required.field() {
        finding.also(off.span, "turns verification off");
    }
}
