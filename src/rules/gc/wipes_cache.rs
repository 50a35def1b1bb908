//! A rule that deletes all it sees.

use super::filter_syntax::is_idle;
use super::limits::{Limits, is_filtered, policies};
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "wipes_cache", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, rules) in policies(context) {
        for rule in rules {
            let limits = Limits::of_rule(name, rule);
            // What could not be read may be a limit.
            if limits.is_limited() || !limits.ageless() || !limits.legible() {
                continue;
            }
            if is_idle(rule, name) {
                continue;
            }
            let filtered = is_filtered(rule);
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
