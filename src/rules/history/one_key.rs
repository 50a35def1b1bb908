//! A table that sets one default and turns off the other.

use crate::report::{Fix, Level};
use crate::rules::history::default_age;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("history", "one_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let history = &context.decoded.config.history;
    let (age, most) = (&history.max_age, &history.max_entries);
    let (span, zero, message, note, other) = match (age.field(), most.field()) {
        (Some(age), None) if most.is_absent() => (
            age.key,
            age.value.0 <= 0,
            "`maxAge` without `maxEntries` keeps no least number of records",
            "however few there are, buildkitd deletes all records older than that",
            ("maxEntries", "50"),
        ),
        (None, Some(most)) if age.is_absent() && most.value >= 0 => (
            most.key,
            most.value == 0,
            "`maxEntries` without `maxAge` lets young records go too",
            "buildkitd deletes all records beyond that number, however young",
            ("maxAge", default_age(context)),
        ),
        _ => return,
    };
    let finding = sink.report(span, message).key("history").label("the other key is zero then");
    if zero {
        finding.level(Level::Warn).note("as this key is zero too, every record goes");
    } else {
        finding.note(note);
    }
    finding.help(format!("`{} = {}` keeps the default", other.0, other.1));
    let fix = Fix::unsafe_("write the default").add_pairs(&context.layout, &["history"], &[other]);
    fix.map(|fix| finding.fix(fix));
}
