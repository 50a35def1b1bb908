//! A duration that is taken and means nothing.

use super::ages;
use crate::model::SECOND;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "zero_duration", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (path, age) in ages(context) {
        let written = context.source.slice(age.span);
        let text = written.trim_matches(['"', '\'']);
        let overflows = text.parse::<i64>().is_ok_and(|n| n.checked_mul(SECOND).is_none());
        let label = match () {
            () if text.is_empty() => "an empty text",
            () if text.starts_with('{') => "an inline table",
            () if age.value.0 < 0 && !overflows => "a negative duration",
            () => continue,
        };
        let key = path.rsplit('.').next().unwrap_or_default();
        let finding = sink.report(age.span, format!("`{key} = {written}` is the same as 0"));
        finding.label(label).help("leave the key out, or write a duration such as \"48h\"");
        finding.note(if key == "keepDuration" {
            "the rule protects no record for its age"
        } else {
            "no record is kept for its age"
        });
        finding.key(path);
    }
}
