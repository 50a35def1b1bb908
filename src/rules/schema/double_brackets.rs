//! A table is written with double brackets.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "double_brackets", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::DoubleBrackets { .. } = fault.kind else { continue };
        sink.report(fault.span, format!("`{}` takes single brackets", fault.key))
            .label("not an array of tables")
            .note("buildkitd refuses the whole file and does not start");
    }
}
