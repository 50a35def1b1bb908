//! A filter without a condition.

use super::limits::policies;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "empty_filter", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, rules) in policies(context) {
        for rule in rules {
            let filters = rule.filters.items();
            let Some(empty) = filters.iter().find(|filter| filter.value.is_empty()) else {
                continue;
            };
            let others = filters.iter().any(|filter| !filter.value.is_empty());
            sink.report(empty.span, "an empty filter matches everything")
                .key(format!("{name}.gcpolicy.filters"))
                .label(if others { "makes the filters beside it moot" } else { "no condition" })
                .note("one matching filter is enough, so the rule acts on all records")
                .help(if others { "remove it" } else { "leave `filters` out if that is meant" });
        }
    }
}
