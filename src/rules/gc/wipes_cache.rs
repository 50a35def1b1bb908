//! A rule that deletes all it sees.

use crate::model::Leaf;
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "wipes_cache", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        if worker.gc.get() == Some(&false) {
            continue;
        }
        for rule in worker.gcpolicy.iter() {
            let sizes = [
                &rule.keep_bytes,
                &rule.reserved_space,
                &rule.max_used_space,
                &rule.min_free_space,
            ];
            // What could not be read may be a limit.
            let unlimited = sizes.iter().all(|leaf| match leaf {
                Leaf::Absent => true,
                Leaf::Invalid(_) => false,
                Leaf::Set(size) => size.value.is_zero(),
            });
            let ageless = match &rule.keep_duration {
                Leaf::Absent => true,
                Leaf::Invalid(_) => false,
                Leaf::Set(age) => age.value.0 <= 0,
            };
            if !unlimited || !ageless {
                continue;
            }
            let filtered = rule.filters.items().iter().all(|filter| !filter.value.is_empty())
                && !rule.filters.items().is_empty();
            sink.report(rule.key, "rule without a limit and an age deletes all that it matches")
                .key(format!("{name}.gcpolicy"))
                .level(if filtered { Level::Warn } else { Level::Deny })
                .label(if filtered {
                    "nothing that its filters match is kept"
                } else {
                    "nothing is kept"
                })
                .note("after builds buildkitd deletes every such record that is not in use")
                .help("give it `keepDuration`, or `maxUsedSpace` and `reservedSpace`");
        }
    }
}
