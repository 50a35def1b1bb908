//! A table is continued, or a value is used as a table, where TOML forbids it.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "redefined", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (FaultKind::Redefined { first }
        | FaultKind::NotATable { first }
        | FaultKind::MixedBrackets { first }) = fault.kind
        else {
            continue;
        };
        let finding = sink
            .report(fault.span, format!("`{}` cannot be defined again", fault.key))
            .label("defined again here")
            .note("buildkitd refuses the whole file and does not start");
        finding.also(first, "defined here").key(fault.key.clone());
    }
}
