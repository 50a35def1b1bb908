//! The file begins with a byte-order mark.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "byte_order_mark", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::ByteOrderMark = fault.kind else { continue };
        let finding = sink
            .fault(fault, "the file begins with a byte-order mark")
            .label("three bytes that editors hide")
            .note("buildkitd refuses the whole file and does not start");
        finding.fix(Fix::safe("remove the mark").remove(fault.span));
    }
}
