//! A `bklint.toml` is no TOML.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "config_syntax", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Malformed(what) = fault.kind else { continue };
        sink.report(fault.span, what)
            .note("nothing in this file counts; files are judged as if it were not there");
    }
}
