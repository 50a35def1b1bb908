//! An empty array where older releases want tables.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("release", "empty_list", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::EmptyList = fault.kind else { continue };
        sink.fault(fault, format!("`{} = []` is refused before v0.28", fault.key))
            .label("no array of tables for them")
            .key(fault.key.clone())
            .note("buildkitd refuses the whole file and does not start")
            .help("leave the line out; it means the same");
    }
}
