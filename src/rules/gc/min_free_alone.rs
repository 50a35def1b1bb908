//! A wish for free space without a maximum.

use super::limits::{effective, small_number};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "min_free_alone", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        let Some(free) = limits.get("minFreeSpace") else { continue };
        let most = limits.get("maxUsedSpace");
        // Other rules say what a value out of range does.
        let usual = (0..=100).contains(&free.value.percentage)
            && small_number(context, limits.sizes[3].1).is_none();
        if most.is_some() || !limits.legible() || !limits.ageless() || !usual {
            continue;
        }
        sink.report(free.key, "`minFreeSpace` without `maxUsedSpace` deletes cache without need")
            .key(limits.key("minFreeSpace"))
            .label("one record goes although so much is free")
            .note(
                "while enough is free, the limit is the size of the cache itself; it counts as \
                 reached, and each collection deletes the record unused the longest",
            )
            .help("add `maxUsedSpace`, the most that the cache may grow to");
    }
}
