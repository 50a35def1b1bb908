//! A header names a key that is no table.

use crate::decode::{FaultKind, Oddity};
use crate::report::Impact;
use crate::rules::{Context, Rule, Sink};
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "empty_header", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for oddity in &context.decoded.oddities {
        let Oddity::EmptyHeader { node, key } = oddity else { continue };
        let Some(header) = context.tree.nodes.get(*node) else { continue };
        let next = context.tree.nodes.get(header.end as usize);
        if next.is_some_and(|next| matches!(next.kind, NodeKind::Pair { .. })) {
            // Refused for its content.
            continue;
        }
        sink.report(
            header.span,
            format!("`{}` takes {}, not a header", key.name, key.kind.wanted()),
        )
        .label(if key.pointer { "sets it to zero" } else { "does nothing" })
        .note("buildkitd says nothing about it");
    }
    for fault in &context.decoded.faults {
        let FaultKind::HeaderOnValue { wanted } = fault.kind else { continue };
        sink.fault(fault, format!("`{}` takes {}, not a header", fault.key(), wanted.wanted()))
            .impact(Impact::Load)
            .label("not a table")
            .key(fault.key())
            .note("releases before v0.28 refuse the whole file and do not start");
    }
}
