//! No transfers at all from a registry.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "registry_concurrency_not_positive", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(limit) = context.decoded.config.system.max_registry_concurrency.field() else {
        return;
    };
    if limit.value <= 0 {
        let message = format!("`maxRegistryConcurrency = {}` is not above zero", limit.value);
        sink.report(limit.span, message)
            .key("system.maxRegistryConcurrency")
            .label("expected 1 or more")
            .note("the file loads, and buildkitd 0.31 and later ends with an error at start")
            .help("leave the line out for the default of 4; there is no way to say unlimited");
    }
}
