//! Rules that never come to some records.

use super::limits::{Limits, age, policies};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "internal_kept", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, rules) in policies(context) {
        let Some(last) = rules.last() else { continue };
        // Where each has an age, `gc::no_ageless_ceiling` asks for a last rule with `all`.
        let all = rules.iter().any(|rule| rule.all.is_true());
        // A rule without any limit is `gc::wipes_cache`'s matter.
        let wipes = |rule| !Limits::of_rule(name, rule).is_limited() && age(rule) <= 0;
        if all || rules.iter().all(|rule| age(rule) > 0) || rules.iter().any(|rule| wipes(rule)) {
            continue;
        }
        sink.report(last.key, "no rule has `all = true`, so some records stay for ever")
            .key(format!("{name}.gcpolicy"))
            .label("passes over internal, frontend and shared records")
            .note("internal ones count towards the size of the cache all the same")
            .help("add `all = true` to the last rule, as the last of the built-in ones has it");
    }
}
