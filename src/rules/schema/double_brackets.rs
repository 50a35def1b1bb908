//! A table is written with double brackets.

use crate::decode::{Fault, FaultKind};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "double_brackets", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::DoubleBrackets { .. } = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("`{}` takes single brackets", fault.key))
            .label("not an array of tables")
            .key(fault.key.clone())
            .note("buildkitd refuses the whole file and does not start");
        if fault.key == "registry" {
            finding
                .help("Podman lists registries so; here each has a table, `[registry.\"host\"]`");
        } else if let Some(fix) = single(context, fault) {
            finding.fix(fix);
        }
    }
}

/// Takes one pair of brackets away, where no other header would then be the same.
fn single(context: &Context<'_>, fault: &Fault) -> Option<Fix> {
    let headers = || {
        context.tree.top().filter_map(|(id, node)| match &node.kind {
            NodeKind::Header { keys, .. } => Some((id, node, context.tree.path_span(keys))),
            _ => None,
        })
    };
    let (_, header, path) = headers().find(|(id, ..)| Some(*id) == fault.node)?;
    let name = context.source.slice(path);
    let again = headers().filter(|(.., other)| context.source.slice(*other) == name).count() > 1;
    let closed = context.source.slice(header.span).ends_with("]]");
    (!again && closed && path.end == fault.span.end).then(|| {
        Fix::safe("take single brackets")
            .remove(Span::new(header.span.start, header.span.start + 1))
            .remove(Span::new(header.span.end - 1, header.span.end))
    })
}
