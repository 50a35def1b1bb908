//! A number or date is malformed.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "number", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (FaultKind::Integer | FaultKind::Float | FaultKind::Date) = fault.kind else {
            continue;
        };
        sink.fault(
            fault,
            format!("`{}` is not a number or date", context.source.slice(fault.span)),
        )
        .label("malformed, or out of range")
        .note("buildkitd refuses the whole file and does not start");
    }
}
