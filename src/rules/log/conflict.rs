//! `debug` or `trace` beside `log.level`.

use crate::release::Release;
use crate::report::Fix;
use crate::rules::log::unknown_level::is_level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "conflict", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    let Some(level) = config.log.level.field() else { return };
    // An empty level is none, and an unknown one ends the daemon before any of this matters.
    if level.value.is_empty() || !is_level(&level.value) {
        return;
    }
    if context.settings.buildkit.some_before(Release::new(30, 0)) {
        // The switch is there for those that do not know the level.
        return;
    }
    for (name, leaf) in [("debug", &config.debug), ("trace", &config.trace)] {
        let Some(field) = leaf.field().filter(|field| field.value) else { continue };
        // Both say the same: the old key is only deprecated then, not overruled.
        if level.value.eq_ignore_ascii_case(name) {
            continue;
        }
        let finding = sink.report(
            field.key,
            format!("`{name} = true` has no effect beside `log.level = \"{}\"`", level.value),
        );
        finding
            .key(name)
            .label("overruled")
            .also(level.span.inner(), "applied last, and wins")
            .note("since v0.30 buildkitd applies `log.level` after the older keys")
            .help(format!("keep one of the two; `{name}` is deprecated"));
        let fix = Fix::unsafe_(format!("remove `{name}`"));
        fix.remove_pair(&context.layout, field.key).map(|fix| finding.fix(fix));
    }
}
