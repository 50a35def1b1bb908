//! An inline table uses a form of TOML 1.1.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("syntax", "toml_1_1", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (FaultKind::InlineNewline | FaultKind::InlineComma) = fault.kind else { continue };
        sink.fault(
            fault,
            if matches!(fault.kind, FaultKind::InlineComma) {
                "comma before the end of an inline table"
            } else {
                "inline table on several lines"
            },
        )
        .label("TOML 1.1 allows this, buildkitd does not")
        .note("buildkitd refuses the whole file and does not start")
        .help("write it on one line, or as a table with a header");
    }
}
