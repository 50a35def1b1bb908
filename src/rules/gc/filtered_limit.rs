//! A limit that looks like one for some records and counts them all.

use super::limits::{effective, is_filtered};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "filtered_limit", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        let Some(rule) = limits.rule.filter(|rule| is_filtered(rule)) else { continue };
        let set = limits
            .read()
            .iter()
            .find(|(key, _)| *key != "minFreeSpace" && limits.get(key).is_some());
        let (Some((key, leaf)), Some(filter)) = (set, rule.filters.field()) else { continue };
        let Some(size) = leaf.field() else { continue };
        sink.report(size.key, format!("`{key}` of a rule with filters counts the whole cache"))
            .key(limits.key(key))
            .label("not only what matches")
            .also(filter.key, "decides what is deleted")
            .note("while the whole cache is larger, records that match are deleted, to the last");
    }
}
