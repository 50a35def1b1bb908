//! An array of tables is written with single brackets.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "single_brackets", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::SingleBrackets = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("`{}` takes double brackets", fault.key()))
            .label("an array of tables")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        if let Some(node) = fault.node().and_then(|id| context.tree.nodes.get(id))
            && let NodeKind::Header { keys, array: false } = &node.kind
            && context.tree.path(keys).last().is_some_and(|key| key.span == fault.span)
            && (fault.key().ends_with("gcpolicy") || fault.key().ends_with("keypair"))
        {
            let path = context.tree.path_span(keys);
            finding.fix(
                Fix::safe("double the brackets").insert(path.start, "[").insert(path.end, "]"),
            );
        }
    }
}
