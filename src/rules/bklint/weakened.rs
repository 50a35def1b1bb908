//! Something lowers a level that may not be lowered.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "weakened", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Weakened { rule, by } = &fault.kind else { continue };
        let finding = sink.report(fault.span, format!("the level of `{rule}` may not be lowered"));
        finding.label("has no effect").note(format!("its level is set for good by {by}"));
        // Whoever may not lower a level may not hide that either.
        finding.bound = true;
    }
}
