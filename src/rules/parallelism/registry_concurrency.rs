//! Many transfers from one registry at once.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "registry_concurrency", check);

/// So many are no matter.
const FINE: i64 = 32;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(limit) = context.decoded.config.system.max_registry_concurrency.field() else {
        return;
    };
    if limit.value > FINE {
        sink.report(limit.span, format!("{} transfers at once for each registry", limit.value))
            .key("system.maxRegistryConcurrency")
            .label("4 unless written")
            .note("registries answer too many requests with `429 Too Many Requests`")
            .help("8 to 16 are plenty for most registries");
    }
}
