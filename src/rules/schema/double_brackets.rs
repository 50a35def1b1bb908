//! A table is written with double brackets.

use std::cell::OnceCell;

use crate::decode::{Fault, FaultKind};
use crate::hash::HashMap;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::{Node, NodeKind};

/// See the page.
pub static RULE: Rule = rule!("schema", "double_brackets", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let headers = OnceCell::new();
    for fault in &context.decoded.faults {
        let FaultKind::DoubleBrackets { .. } = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("`{}` takes single brackets", fault.key()))
            .label("not an array of tables")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        if fault.key() == "registry" {
            finding
                .help("Podman lists registries so; here each has a table, `[registry.\"host\"]`");
        } else if let Some(fix) = single(context, fault, headers.get_or_init(|| names(context))) {
            finding.fix(fix);
        }
    }
}

/// Takes one pair of brackets away, where no other header would then be the same.
fn single(context: &Context<'_>, fault: &Fault, names: &HashMap<&str, usize>) -> Option<Fix> {
    let header = context.tree.nodes.get(fault.node()?)?;
    let (path, name) = name(context, header)?;
    let again = names.get(name).is_some_and(|count| *count > 1);
    let closed = context.source.slice(header.span).ends_with("]]");
    (!again && closed && path.end == fault.span.end).then(|| {
        Fix::safe("take single brackets")
            .remove(Span::new(header.span.start, header.span.start + 1))
            .remove(Span::new(header.span.end - 1, header.span.end))
    })
}

/// How often each name stands in a header.
fn names<'a>(context: &Context<'a>) -> HashMap<&'a str, usize> {
    let mut names = HashMap::default();
    for (_, name) in context.tree.top().filter_map(|(_, node)| name(context, node)) {
        *names.entry(name).or_default() += 1;
    }
    names
}

/// The name in a header, and where it stands.
fn name<'a>(context: &Context<'a>, node: &Node) -> Option<(Span, &'a str)> {
    let NodeKind::Header { keys, .. } = &node.kind else { return None };
    let path = context.tree.path_span(keys);
    Some((path, context.source.slice(path)))
}
