//! A comment expects a finding that is not there.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "unfulfilled", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Unused { what, expected: true, whole } = &fault.kind else { continue };
        let found = sink
            .report(fault.span, format!("`{what}` was expected here and did not come"))
            .label("the fault is gone")
            .help("take the comment away");
        if let Some(whole) = whole {
            found.fix(Fix::safe("take it away").remove(*whole));
        }
    }
}
