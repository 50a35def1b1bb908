//! A limit of zero, which is none.

use super::limits::effective;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "zero_limit", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        let zeros = || {
            let written = limits.sizes.iter().filter_map(|(key, leaf)| Some((*key, leaf.field()?)));
            written.filter(|(_, field)| field.value.is_zero())
        };
        let others = limits.is_limited();
        // Beside other limits a reserve of zero is just none; and a rule without any limit
        // deletes all, as its zero says.
        let (found, note) = match limits.rule {
            _ if !limits.legible() => continue,
            _ if others => (
                zeros().find(|(key, _)| *key == "maxUsedSpace"),
                "the cache is limited by the other keys beside it alone",
            ),
            None => (zeros().next(), "as nothing else is set, the defaults for this disk apply"),
            Some(_) => continue,
        };
        let Some((key, zero)) = found else { continue };
        let written = context.source.slice(zero.span);
        sink.report(zero.span, format!("`{key} = {written}` sets no limit"))
            .key(limits.key(key))
            .label("zero is the same as unset")
            .note(note)
            .help("leave the line out, or write how much cache may stay");
    }
}
