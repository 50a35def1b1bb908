//! A size or duration as text, for releases that take integers alone.

use crate::decode::{FaultKind, scalar};
use crate::model::SECOND;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::schema::Kind;
use crate::tree::{NodeKind, unquote};

/// See the page.
pub static RULE: Rule = rule!("release", "text_amount", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::TextTooEarly { wanted } = fault.kind else { continue };
        let written = context.source.slice(fault.span);
        let node = fault.node().and_then(|id| context.tree.nodes.get(id));
        let Some(NodeKind::Text(quote)) = node.map(|node| &node.kind) else { continue };
        let text = unquote(written, *quote);
        let name = fault.key().rsplit('.').next().unwrap_or_default();
        let (unit, number) = match wanted {
            Kind::Duration => {
                ("seconds", scalar::duration(&text).ok().map(|nanos| nanos.0 / SECOND))
            }
            _ => {
                let size = scalar::size(&text).ok().filter(|size| size.percentage == 0);
                ("bytes", size.map(|size| size.bytes))
            }
        };
        let finding = sink
            .fault(fault, format!("`{name}` takes {unit} alone before v0.12"))
            .label("expected an integer")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        if let Some(number) = number {
            let fix = Fix::safe(format!("write the {unit}"));
            finding.fix(fix.replace(fault.span, number.to_string()));
        }
    }
}
