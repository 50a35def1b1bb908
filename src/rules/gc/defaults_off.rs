//! One limit of a worker that turns off the defaults of the others.

use super::limits::effective;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "defaults_off", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        let [_, _, _, (_, free)] = limits.sizes;
        let Some(most) = limits.get("maxUsedSpace").filter(|_| limits.rule.is_none()) else {
            continue;
        };
        if free.is_absent() {
            sink.report(most.key, "`maxUsedSpace` turns the default of `minFreeSpace` off")
                .key(limits.key("maxUsedSpace"))
                .label("any of these keys replaces all defaults")
                .note(
                    "by default buildkitd keeps 20 % of the disk free; with this key alone, other \
                     programs and the cache may fill it",
                )
                .help("`minFreeSpace = \"20%\"` keeps the default");
        }
    }
}
