//! A comment silences nothing.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "unused", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Unused { what, expected: false, whole } = &fault.kind else { continue };
        let found = sink
            .report(fault.span, format!("there is no `{what}` here to silence"))
            .label("silences nothing")
            .help("take it away");
        if let Some(whole) = whole {
            found.fix(Fix::safe("take it away").remove(*whole));
        }
    }
}
