//! A comment silences findings and does not say why.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "no_reason", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::NoReason { end } = fault.kind else { continue };
        sink.report(fault.span, "the comment gives no reason")
            .label("silences all the same")
            .help("say why behind `--`")
            .fix(Fix::display("say why").insert(end.end, " -- "));
    }
}
