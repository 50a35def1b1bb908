//! A key is written twice in different letter case; the later one wins.

use crate::decode::Oddity;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "overwritten_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for oddity in &context.decoded.oddities {
        let Oddity::Overwritten { first, second } = oddity else { continue };
        sink.report(*first, "the same key is written again below")
            .label("has no effect")
            .also(*second, "this one wins");
    }
}
