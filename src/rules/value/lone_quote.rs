//! A duration or size is one double quote.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "lone_quote", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::LoneQuote = fault.kind else { continue };
        sink.fault(fault, format!("`{}` is a single double quote", fault.key()))
            .label("neither a duration nor a size")
            .note("buildkitd crashes while it loads the file");
    }
}
