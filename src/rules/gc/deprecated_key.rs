//! Old names of limits.

use super::limits::{SPLIT, effective, small_number};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "deprecated_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.buildkit.some_before(SPLIT) {
        // The old name is the one that all of them know.
        return;
    }
    for limits in effective(context) {
        let [(key, leaf), ..] = limits.sizes;
        let Some(field) = leaf.field() else { continue };
        // Without effect, or with the wrong one: other rules say so.
        if limits.overruled_by().is_some() || small_number(context, leaf).is_some() {
            continue;
        }
        let finding = sink
            .report(field.key, format!("`{key}` is deprecated, expected `reservedSpace`"))
            .key(limits.key(key))
            .label("named `reservedSpace` since v0.17")
            .note("the file loads, and the limit works as before");
        let new = &limits.sizes[1].1;
        if new.is_absent() && context.source.slice(field.key).eq_ignore_ascii_case(key) {
            let fix = Fix::unsafe_("use the new name, if all daemons are v0.17 or later");
            finding.fix(fix.rename(&context.layout, field.key, "reservedSpace"));
        }
    }
}
