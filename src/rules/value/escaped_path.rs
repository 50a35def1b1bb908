//! A backslash of a path that became a tab or line feed.

use crate::report::Fix;
use crate::rules::value::paths::paths;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "escaped_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for path in paths(context) {
        let Some(control) = path.text.chars().find(|c| c.is_control()) else { continue };
        let written = context.source.slice(path.span.inner());
        // A raw control character, or an escape that is none, is why the file is refused.
        if !written.contains('\\') || context.decoded.is_refused_within(path.span) {
            continue;
        }
        let what = match control {
            '\t' => "a tab",
            '\n' => "a line feed",
            '\r' => "a carriage return",
            _ => "a control character",
        };
        let finding = sink
            .report(path.span.inner(), format!("path holds {what}, where a backslash was meant"))
            .key(path.key.clone())
            .label("in double quotes a backslash begins an escape")
            .note("no such file is found");
        let single = !written.contains(['\'', '\n']) && !written.contains("\\\\");
        if single && context.source.slice(path.span).starts_with('"') {
            finding.fix(
                Fix::unsafe_("take single quotes, in which a backslash is a backslash")
                    .replace(path.span, format!("'{written}'")),
            );
        } else {
            finding.help("write each backslash twice");
        }
    }
}
