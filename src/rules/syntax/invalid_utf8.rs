//! A byte is not UTF-8.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "invalid_utf8", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::InvalidUtf8 { count } = fault.kind else { continue };
        sink.fault(fault, "the file is not UTF-8")
            .label(if count == 1 {
                "this byte".to_owned()
            } else {
                format!("the first of {count} such bytes")
            })
            .note("buildkitd refuses the whole file and does not start")
            .help("save the file as UTF-8");
    }
}
