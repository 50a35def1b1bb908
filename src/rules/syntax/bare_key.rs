//! A key without quotes holds a character that needs them.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::{NodeKind, Quote};

/// See the page.
pub static RULE: Rule = rule!("syntax", "bare_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (FaultKind::BareKey | FaultKind::MultilineKey) = fault.kind else { continue };
        let text = context.source.slice(fault.span);
        let whole = host(context, fault.span);
        let finding = sink
            .fault(fault, format!("`{text}` needs quotes to be a key"))
            .label("a bare key holds letters, digits, `-`, `_`")
            .note("buildkitd refuses the whole file and does not start");
        let name = context.source.slice(whole);
        if !name.contains(['"', '\\']) && !name.chars().any(char::is_control) {
            finding.fix(Fix::safe("quote it").replace(whole, format!("\"{name}\"")));
        }
    }
}

/// In `[registry.reg.corp:5000]` the whole host is meant, not its last part.
fn host(context: &Context<'_>, part: Span) -> Span {
    for (_, node) in context.tree.top() {
        let NodeKind::Header { keys, .. } = &node.kind else { continue };
        if let [first, rest @ ..] = context.tree.path(keys)
            && context.source.slice(first.span) == "registry"
            && rest.iter().any(|key| key.span == part)
            && rest.iter().all(|key| key.quote == Quote::None)
            && let (Some(start), Some(end)) = (rest.first(), rest.last())
        {
            return start.span.to(end.span);
        }
    }
    part
}
