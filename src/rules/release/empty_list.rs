//! An empty array where older releases want tables.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("release", "empty_list", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::EmptyList = fault.kind else { continue };
        let finding = sink.fault(fault, format!("`{} = []` is refused before v0.28", fault.key()));
        finding
            .label("no array of tables for them")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start")
            .help("leave the line out; it means the same");
        let key = fault.node().and_then(|value| context.layout.key_of(value));
        let fix = key.and_then(|key| Fix::safe("leave it out").remove_pair(&context.layout, key));
        fix.map(|fix| finding.fix(fix));
    }
}
