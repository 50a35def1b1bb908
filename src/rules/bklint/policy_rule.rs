//! A rule of the organisation's own is not complete.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "policy_rule", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Policy { why } = &fault.kind else { continue };
        sink.report(fault.span, why.clone()).label("the rule does not count");
    }
}
