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
            // The table of another host than was read comes into effect, with all that it opens.
            let fix = if whole == fault.span { Fix::safe } else { Fix::unsafe_ };
            finding.fix(fix("quote it").replace(whole, format!("\"{name}\"")));
        }
    }
}

/// In `[registry.reg.corp:5000]` the whole host is meant, not its last part.
fn host(context: &Context<'_>, part: Span) -> Span {
    /// No name of a host is longer.
    const LONGEST: u32 = 255;
    if let Some(node) = context.tree.before(part.start)
        && let NodeKind::Header { keys, .. } = &node.kind
        && let [first, rest @ ..] = context.tree.path(keys)
        && context.source.slice(first.span) == "registry"
        && let (Some(start), Some(end)) = (rest.first(), rest.last())
        && let host = start.span.to(end.span)
        && host.end - host.start <= LONGEST
        && rest.iter().any(|key| key.span == part)
        && rest.iter().all(|key| key.quote == Quote::None)
    {
        return host;
    }
    part
}
