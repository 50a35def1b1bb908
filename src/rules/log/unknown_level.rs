//! A log level that does not exist.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "unknown_level", check);

/// What the logger knows, in any letter case.
const LEVELS: [&str; 8] = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];

/// Whether the logger knows a level of that name.
pub(crate) fn is_level(name: &str) -> bool {
    LEVELS.contains(&name.to_lowercase().as_str())
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(level) = context.decoded.config.log.level.field() else { return };
    if level.value.is_empty() || is_level(&level.value) {
        return;
    }
    let finding = sink
        .report(level.span.inner(), format!("`{}` is not a log level", level.value))
        .key("log.level")
        .label("expected one of `error`, `warn`, `info`, `debug`, `trace`")
        .note("buildkitd reads the file, says \"unsupported log level\" and exits");
    let written = level.value.trim().to_lowercase();
    let near = LEVELS.iter().find(|name| strsim::damerau_levenshtein(name, &written) <= 1);
    match near {
        Some(near) => finding.help("a level with a similar name exists").fix(
            Fix::unsafe_(format!("write `{near}`")).replace(level.span, format!("\"{near}\"")),
        ),
        None => finding.help("choose a level, or leave the key out for `info`"),
    };
}
