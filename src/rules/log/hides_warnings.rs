//! A level above the warnings of the start.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "hides_warnings", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(level) = context.decoded.config.log.level.field() else { return };
    if ["error", "fatal", "panic"].contains(&level.value.to_ascii_lowercase().as_str()) {
        sink.report(
            level.span,
            format!("log level `{}` hides the warnings of the start", level.value),
        )
        .key("log.level")
        .label("nothing below is written")
        .note(
            "among them are \"TLS is not enabled\", \"using host network as the default\" and \
                 deprecated keys",
        )
        .help("`warn` is quiet enough for most");
    }
}
