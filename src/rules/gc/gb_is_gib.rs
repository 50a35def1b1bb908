//! Decimal units that are read as binary ones.

use super::limits::effective;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "gb_is_gib", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        for &(key, leaf) in limits.read() {
            let Some(size) = leaf.field() else { continue };
            let text = context.source.slice(size.span).trim_matches(['"', '\'']);
            let Some(number) = text.strip_suffix(['B', 'b']) else { continue };
            let Some(unit) = number.chars().last().filter(char::is_ascii_alphabetic) else {
                continue;
            };
            if unit.eq_ignore_ascii_case(&'i') {
                continue;
            }
            let number = number.trim_end_matches(unit).trim_end();
            let unit = unit.to_ascii_uppercase();
            sink.report(size.span, format!("`{text}` is {number} {unit}iB"))
                .key(limits.key(key))
                .label("all units are powers of 1024")
                .help(format!("`{number}{unit}iB` says what is meant"));
        }
    }
}
