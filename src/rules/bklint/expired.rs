//! An exception has passed its last day.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "expired", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Expired { what, until, whole } = &fault.kind else { continue };
        let found = sink
            .report(fault.span, format!("the exception for {what} ended with {until}"))
            .label("no longer counts")
            .help("take it away, or give it a new day");
        if let Some(whole) = whole {
            found.fix(Fix::safe("take it away").remove(*whole));
        }
    }
}
