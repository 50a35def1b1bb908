//! A condition of a policy cannot be read, or never holds.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "policy_condition", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::PolicyCondition { why } = &fault.kind else { continue };
        sink.report(fault.span, why.clone()).label("cannot be held");
    }
}
