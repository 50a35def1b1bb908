//! The name of a label holds dots and is not quoted.

use crate::decode::{Fault, FaultKind};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::{NodeKind, Quote};

/// See the page.
pub static RULE: Rule = rule!("schema", "unquoted_label", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let Some((span, bare)) = pair(context, fault) else { continue };
        let name = context.source.slice(span);
        let finding = sink
            .report(span, format!("label `{name}` is not quoted"))
            .label("read as a table in a table")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start")
            .help("quote a name that holds dots");
        if bare {
            finding.fix(Fix::safe("quote the name").replace(span, format!("\"{name}\"")));
        }
    }
}

/// The dotted name of a label, and whether it is free of quotes and spaces.
pub(super) fn pair(context: &Context<'_>, fault: &Fault) -> Option<(Span, bool)> {
    let FaultKind::BelowScalar { .. } = fault.kind else { return None };
    let node = context.tree.nodes.get(fault.node()?)?;
    let NodeKind::Pair { keys } = &node.kind else { return None };
    let path = context.tree.path(keys);
    let within = |name: &str| fault.key().starts_with(&format!("worker.{name}.labels."));
    // Only below a header, or in a table, of labels does the whole key name one.
    let written = path.iter().filter(|part| part.span.end <= fault.span.end).count();
    if !(within("oci") || within("containerd")) || fault.key().split('.').count() != 3 + written {
        return None;
    }
    let span = context.tree.path_span(keys);
    let bare = path.iter().all(|part| part.quote == Quote::None)
        && !context.source.slice(span).contains(char::is_whitespace);
    Some((span, bare))
}
