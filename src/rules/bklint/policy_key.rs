//! A key pattern of a policy leads to no key.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "policy_key", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::PolicyKey { why } = &fault.kind else { continue };
        sink.report(fault.span, why.clone()).label("never matches");
    }
}
