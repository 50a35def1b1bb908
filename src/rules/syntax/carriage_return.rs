//! A carriage return stands without a line feed.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "carriage_return", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::LoneCr { count } = fault.kind else { continue };
        sink.fault(fault, "carriage return without a line feed")
            .label(if count == 1 { "here".to_owned() } else { format!("the first of {count}") })
            .note("buildkitd refuses the whole file and does not start")
            .help("end lines with a line feed");
    }
}
