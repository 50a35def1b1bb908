//! Rules of which each one protects what is young.

use super::limits::{age, policies};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "no_ageless_ceiling", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, rules) in policies(context) {
        if rules.iter().any(|rule| age(rule) <= 0) {
            continue;
        }
        let Some(last) = rules.last().and_then(|rule| rule.keep_duration.field()) else { continue };
        let title = match rules {
            [_] => "the only rule has a `keepDuration`, so nothing limits young cache",
            _ => "every rule has a `keepDuration`, so nothing limits young cache",
        };
        let finding = sink.report(last.key, title);
        finding
            .key(format!("{name}.gcpolicy"))
            .label("what was used within this time stays")
            .note("however full the disk is, cache that was used lately is never deleted")
            .help("end with a rule that has `all = true`, `maxUsedSpace` and no `keepDuration`");
    }
}
