//! A line is not TOML.

use std::cell::LazyCell;

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::SyntaxKind;

/// See the page.
pub static RULE: Rule = rule!("syntax", "malformed", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = context.source.text();
    let templates = LazyCell::new(|| TEMPLATES.iter().any(|(open, _)| text.contains(open)));
    for fault in &context.decoded.faults {
        let FaultKind::Syntax(kind) = fault.kind else { continue };
        // What a template leaves behind breaks the syntax in one way or another.
        if *templates && let Some(span) = template(context, fault.span) {
            let text = context.source.slice(span);
            sink.report(span, format!("`{text}` is a template, expected what it stands for"))
                .label("never filled in, or filled in wrongly")
                .note("buildkitd refuses the whole file and does not start");
            continue;
        }
        let text = context.source.slice(fault.span);
        let first = text.split_whitespace().next().unwrap_or("");
        let (message, label) = match kind {
            SyntaxKind::MissingEquals => (
                format!("no `=` after `{first}`, expected `key = value`"),
                "not a key with a value",
            ),
            SyntaxKind::MissingValue => ("no value after `=`".into(), "a value belongs here"),
            SyntaxKind::MissingKey => {
                ("a part of the key is missing".into(), "a name belongs here")
            }
            SyntaxKind::MissingComma => {
                ("two elements side by side, expected `,`".into(), "a comma belongs before this")
            }
            SyntaxKind::ExtraComma => ("comma without an element before it".into(), "one too many"),
            SyntaxKind::HeaderBrackets => {
                ("brackets of the header do not match".into(), "expected `[name]` or `[[name]]`")
            }
            SyntaxKind::Trailing => {
                (format!("`{text}` follows a complete value"), "the line should end before this")
            }
            SyntaxKind::Unexpected => (format!("`{first}` cannot stand here"), "not TOML"),
            _ => continue,
        };
        sink.fault(fault, message)
            .label(label)
            .note("buildkitd refuses the whole file and does not start");
    }
}

/// Templates of Helm or Go, of a formatter that lacked its value, of ERB.
const TEMPLATES: [(&str, &str); 3] = [("{{", "}}"), ("%!", ")"), ("<%", "%>")];

/// The template on the line of a fault.
fn template(context: &Context<'_>, fault: Span) -> Option<Span> {
    let line = context.source.line_span(context.source.line_index(fault.start));
    let text = context.source.slice(line);
    let code = text.split('#').next().unwrap_or(text);
    TEMPLATES.into_iter().find_map(|(open, close)| {
        let start = code.find(open)?;
        let length = code.get(start..)?.find(close)? + close.len();
        let start = line.start + u32::try_from(start).ok()?;
        Some(Span::new(start, start + u32::try_from(length).ok()?))
    })
}
