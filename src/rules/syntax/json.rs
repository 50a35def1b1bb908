//! The file is JSON, not TOML.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};
use crate::tree::SyntaxKind;

/// See the page.
pub static RULE: Rule = rule!("syntax", "json", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::Syntax(SyntaxKind::Json) = fault.kind else { continue };
        sink.fault(fault, "the file is JSON, expected TOML")
            .label("JSON begins here")
            .note("buildkitd refuses the whole file and does not start")
            .help("write `key = value` lines under `[table]` headers");
    }
}
