//! A log level meant for looking into a fault.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "verbose_level", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    let Some(level) = config.log.level.field() else { return };
    let name = level.value.to_ascii_lowercase();
    if name != "debug" && name != "trace" {
        return;
    }
    // `log::debug_enabled` speaks of the same thing where the old key stands beside it.
    if (name == "debug" && config.debug.is_true()) || (name == "trace" && config.trace.is_true()) {
        return;
    }
    sink.report(
        level.span.inner(),
        format!("log level `{}` is meant for looking into a fault", level.value),
    )
    .key("log.level")
    .label("logs the inner workings of every build")
    .note("the log grows quickly on a busy builder")
    .help("leave the key out for `info`, the default, once the fault is found");
}
