//! A log format that does not exist.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "unknown_format", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(format) = context.decoded.config.log.format.field() else { return };
    if ["", "text", "json"].contains(&format.value.as_ref()) {
        return;
    }
    let finding = sink
        .report(format.span.inner(), format!("`{}` is not a log format", format.value))
        .key("log.format")
        .label("expected `text` or `json`, in lower case")
        .note("buildkitd reads the file, says \"unsupported log type\" and exits");
    let lower = format.value.trim().to_lowercase();
    if lower == "text" || lower == "json" {
        finding.help("write it in lower case").fix(
            Fix::unsafe_(format!("write `{lower}`")).replace(format.span, format!("\"{lower}\"")),
        );
    } else {
        finding.help("choose one of the two, or leave the key out for `text`");
    }
}
