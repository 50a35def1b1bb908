//! Shares of the disk that it does not have.

use super::limits::effective;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "percentage_out_of_range", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        for &(key, leaf) in limits.read() {
            let Some(size) = leaf.field() else { continue };
            let share = size.value.percentage;
            if (0..=100).contains(&share) {
                continue;
            }
            sink.report(size.span, format!("`{key}` of {share} % of the disk"))
                .key(limits.key(key))
                .label("expected 1 % to 100 %")
                .note(match (key, share < 0) {
                    ("minFreeSpace", true) => {
                        "each collection deletes a record although nothing is short"
                    }
                    ("minFreeSpace", false) => {
                        "never free, so collecting deletes down to what is reserved"
                    }
                    ("maxUsedSpace", false) => "never reached, so it limits nothing",
                    (_, false) => "more than the disk has, so size is no reason to delete",
                    (_, true) => "the file loads; as a limit it keeps nothing",
                });
        }
    }
}
