//! A key is written in another letter case than upstream's.

use crate::decode::Oddity;
use crate::report::Fix;
use crate::rules::schema::written;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "letter_case", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for oddity in &context.decoded.oddities {
        let Oddity::Case { span, name } = oddity else { continue };
        let text = context.source.slice(*span);
        if text.trim_matches(['"', '\'']).eq_ignore_ascii_case(name) {
            sink.report(*span, format!("`{text}` is called `{name}`"))
                .label("taken in any letter case since v0.28 only")
                .fix(Fix::safe("write it as upstream does").replace(*span, written(name)));
        }
    }
}
