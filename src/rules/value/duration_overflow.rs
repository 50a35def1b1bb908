//! A number of seconds beyond what buildkitd can count.

use super::ages;
use crate::model::SECOND;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "duration_overflow", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (path, age) in ages(context) {
        let digits = context.source.slice(age.span).trim_matches(['"', '\'']);
        let Ok(number) = digits.parse::<i64>() else { continue };
        if number.checked_mul(SECOND).is_some() {
            continue;
        }
        let wrapped = age.value.0 / SECOND;
        sink.report(age.span, format!("{digits} seconds are more than 292 years"))
            .key(path)
            .label(format!("comes out as {wrapped} seconds"))
            .note("buildkitd counts nanoseconds in 64 bits, and the number wraps")
            .help(match number / SECOND {
                meant if number % SECOND == 0 => {
                    format!("if nanoseconds were meant, write \"{meant}s\"")
                }
                _ => "9223372036 is the largest number of seconds".to_owned(),
            });
    }
}
