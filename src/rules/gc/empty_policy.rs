//! A list of rules without rules.

use crate::decode::quirk::GO_TOML_2;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "empty_policy", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.buildkit.some_before(GO_TOML_2) {
        // They refuse it, which `release::empty_list` says.
        return;
    }
    for (name, worker) in context.live_workers() {
        let off = worker.gc.get() == Some(&false);
        let Some(place) = worker.gcpolicy.places.first() else { continue };
        if !off && worker.gcpolicy.is_empty() && worker.gcpolicy.inline {
            sink.report(*place, "an empty `gcpolicy` leaves the built-in rules in force")
                .key(format!("{name}.gcpolicy"))
                .label("the same as none")
                .help("`gc = false` turns collection off; else leave the line out");
        }
    }
}
