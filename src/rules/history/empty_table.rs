//! A table that turns off the defaults and sets nothing.

use crate::report::Fix;
use crate::rules::history::default_age;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("history", "empty_table", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let history = &context.decoded.config.history;
    let Some(place) = history.places.first() else { return };
    // One key alone is `history::one_key`'s matter.
    if let (Some(age), Some(most)) = (history.max_age.field(), history.max_entries.field()) {
        if age.value.0 <= 0 && most.value == 0 {
            sink.report(most.key, "`[history]` with two zeros deletes all build records")
                .key("history")
                .label("keeps none for their number")
                .also(age.key, "keeps none for their age")
                .note("buildkitd deletes each record within two minutes of the build's end")
                .help("raise one of the two, or remove the table for 48h and 50");
        }
        return;
    }
    if !history.max_age.is_absent() || !history.max_entries.is_absent() {
        return;
    }
    let finding = sink
        .report(*place, "empty `[history]` deletes all build records")
        .key("history")
        .label("replaces the defaults, 48h and 50, by zero")
        .note("buildkitd deletes each record within two minutes of the build's end")
        .help("remove the table, or write both keys");
    let fix = Fix::unsafe_("write the defaults");
    let keys = [("maxAge", default_age(context)), ("maxEntries", "50")];
    fix.add_pairs(&context.layout, &["history"], &keys).map(|fix| finding.fix(fix));
}
