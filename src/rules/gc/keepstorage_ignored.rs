//! Old limits that give way to new ones.

use super::limits::{SPLIT, effective, small_number};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "keepstorage_ignored", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.buildkit.some_before(SPLIT) {
        // There for the older ones.
        return;
    }
    for limits in effective(context) {
        let [(key, leaf), ..] = limits.sizes;
        let (Some(old), Some((new, leaf))) = (leaf.field(), limits.overruled_by()) else {
            continue;
        };
        let Some(winner) = leaf.field() else { continue };
        let finding = sink
            .report(old.key, format!("`{key}` has no effect beside `{new}`"))
            .key(limits.key(key))
            .label("ignored from v0.17 on")
            .also(winner.key, "read instead");
        if new == "reservedSpace" {
            finding.help("remove it, unless daemons before v0.17 read this file");
            let fix = Fix::unsafe_("remove it").remove_pair(&context.layout, old.key);
            fix.map(|fix| finding.fix(fix));
        } else {
            finding.help("name it `reservedSpace`, unless daemons before v0.17 read this file");
            if small_number(context, limits.sizes[0].1).is_none() {
                let fix = Fix::unsafe_("use the new name");
                finding.fix(fix.rename(&context.layout, old.key, "reservedSpace"));
            }
        }
    }
}
