//! A value has another type than its key takes.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::schema::Kind;
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "wrong_type", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::WrongType { wanted } = fault.kind else { continue };
        let found = fault.node().and_then(|id| context.tree.nodes.get(id)).map(|node| &node.kind);
        let text = context.source.slice(fault.span);
        let finding = sink
            .fault(
                fault,
                format!("`{}` takes {}, found {}", fault.key(), wanted.wanted(), name(found, text)),
            )
            .label(format!("expected {}", wanted.wanted()))
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        let string = matches!(found, Some(NodeKind::Text(_)));
        let inner = text.trim_matches(['"', '\'']);
        let written = match wanted {
            Kind::Bool if matches!(inner, "true" | "false") => Some(inner.to_owned()),
            Kind::Int if string => inner.parse::<i64>().ok().map(|number| number.to_string()),
            Kind::Int => whole(text),
            Kind::Strs if string && !inner.contains(',') => Some(format!("[{text}]")),
            Kind::Str if matches!(found, Some(NodeKind::Bare)) => Some(format!("\"{text}\"")),
            _ => None,
        };
        if written.is_none() && matches!(fault.key(), "grpc.gid" | "grpc.uid") {
            finding.help("names are taken by the flag `--group` only; write the number");
        }
        if let Some(written) = written {
            let title = format!("write {}", wanted.wanted());
            finding
                .fix(Fix::reread(title, &context.layout, fault.span).replace(fault.span, written));
        }
    }
}

/// A float that is a whole number: `4.0`.
fn whole(text: &str) -> Option<String> {
    let (number, fraction) = text.split_once('.')?;
    let zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
    (zero && number.parse::<i64>().is_ok()).then(|| number.to_owned())
}

fn name(kind: Option<&NodeKind>, text: &str) -> &'static str {
    match kind {
        Some(NodeKind::Text(_)) => "a string",
        Some(NodeKind::Array) => "an array",
        Some(NodeKind::Inline) => "an inline table",
        _ if matches!(text, "true" | "false") => "a boolean",
        _ if text.get(1..).is_some_and(|rest| rest.contains(['-', ':']))
            && !text.contains(['e', 'E']) =>
        {
            "a date or time"
        }
        _ if text.contains(['.', 'e', 'E']) && !text.starts_with("0x") => "a float",
        _ => "an integer",
    }
}
