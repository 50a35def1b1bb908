//! A reserve that is the maximum too.

use super::limits::{effective, small_number};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "reserve_is_cap", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        // The old names never meant anything else.
        let Some(reserved) = limits.get("reservedSpace") else { continue };
        let alone = ["maxUsedSpace", "minFreeSpace"].iter().all(|key| limits.get(key).is_none());
        let usual =
            reserved.value.percentage >= 0 && small_number(context, limits.sizes[1].1).is_none();
        if !alone || !limits.legible() || !limits.ageless() || !usual {
            continue;
        }
        sink.report(reserved.key, "`reservedSpace` alone is the maximum too")
            .key(limits.key("reservedSpace"))
            .label("all cache above it is deleted")
            .note("the name promises a reserve; without another limit buildkitd deletes down to it")
            .help("to let the cache grow further, add `maxUsedSpace`");
    }
}
