//! How long the list of emulated platforms is kept.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "platforms_cache", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(age) = context.decoded.config.system.platforms_cache_max_age.field() else { return };
    let (title, label) = match age.value.0 {
        0 => ("a `platformsCacheMaxAge` of zero looks each time", "no caching"),
        ..0 => ("a negative `platformsCacheMaxAge` never looks again", "found out once"),
        _ => return,
    };
    let finding = sink.report(age.span, title).key("system.platformsCacheMaxAge").label(label);
    if age.value.0 < 0 {
        finding.note("an emulator installed later is seen when the daemon is started again");
    } else {
        finding.note("each listing of the workers runs a test program for every platform");
    }
}
