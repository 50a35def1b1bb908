//! A small number of seconds that was meant in hours or days.

use super::ages;
use crate::model::SECOND;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "bare_seconds", check);

/// Nobody keeps cache for less than this.
const LEAST: i64 = 100;
/// The hours of three days, one week, two weeks and a month.
const HOURS: [i64; 4] = [168, 336, 720, 744];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (path, age) in ages(context) {
        let written = context.source.slice(age.span);
        let digits = written.trim_matches(['"', '\'']);
        let Ok(number) = digits.parse::<i64>() else { continue };
        let small = (1..LEAST).contains(&number) || HOURS.contains(&number);
        if !small || number.checked_mul(SECOND) != Some(age.value.0) {
            continue;
        }
        let key = path.rsplit('.').next().unwrap_or_default();
        sink.report(age.span, format!("`{key} = {written}` is {number} seconds"))
            .key(&*path)
            .label("a bare number counts seconds")
            .help(format!("write the unit, such as \"{number}h\"; days are not known"));
    }
}
