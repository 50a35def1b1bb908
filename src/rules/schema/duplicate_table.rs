//! A table has two headers, or a header after dotted keys made it.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "duplicate_table", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::DuplicateTable { first } = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("table `{}` exists already", fault.key()))
            .label("made again here")
            .note("buildkitd refuses the whole file and does not start");
        finding.also(first, "made here").key(fault.key());
    }
}
