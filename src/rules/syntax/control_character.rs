//! A control character stands in a comment or a string.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "control_character", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::ControlCharacter = fault.kind else { continue };
        sink.fault(fault, "control character in a comment or string")
            .label("not allowed in TOML")
            .note("buildkitd refuses the whole file and does not start");
    }
}
