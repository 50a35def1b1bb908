//! A key stands twice in a table.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "duplicate_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::DuplicateKey { first } = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("`{}` is written twice", fault.key()))
            .label("the second time")
            .note("buildkitd refuses the whole file and does not start");
        finding.also(first, "the first time").key(fault.key());
        let layout = &context.layout;
        let second = layout.pair_text(fault.span);
        if second.is_some() && layout.pair_text(first) == second {
            let fix = Fix::safe("remove the second one").remove_pair(layout, fault.span);
            fix.map(|fix| finding.fix(fix));
        }
    }
}
