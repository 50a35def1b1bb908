//! A value that older releases of the target do not know, or take for something else.

use crate::meaning::{CHANGES, meanings};
use crate::report::{Impact, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("release", "newer_value", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let target = context.settings.buildkit;
    if CHANGES.iter().all(|&change| target.all_since(change)) {
        return;
    }
    for meaning in meanings(&context.decoded.config) {
        let Some(impact) = meaning.harm.filter(|_| target.some_before(meaning.until)) else {
            continue;
        };
        let text = context.source.slice(meaning.span).trim_matches(['"', '\'']);
        let whole = target.all_before(meaning.until);
        sink.report(meaning.span, format!("`{text}` is not taken before {}", meaning.until.name()))
            .impact(impact)
            // Part of the target takes it, so its writer may well know.
            .level(if whole { Level::Deny } else { Level::Warn })
            .key(meaning.key)
            .label(match impact {
                Impact::Start => "the daemon does not start",
                _ => "has no effect",
            })
            .note(format!("before {}: {}", meaning.until.name(), meaning.text))
            .fact("since", meaning.until.to_string());
    }
}
