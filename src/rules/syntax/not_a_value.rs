//! A value is neither a string in quotes nor a boolean, number or date.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("syntax", "not_a_value", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::NotAValue = fault.kind else { continue };
        let text = context.source.slice(fault.span);
        let lower = text.to_ascii_lowercase();
        let boolean = matches!(lower.as_str(), "true" | "false");
        let label = match lower.as_str() {
            "true" | "false" => "booleans are written in lower case",
            "yes" | "no" | "on" | "off" => "booleans are `true` and `false`",
            _ if is_padded(text) => "a number does not begin with a zero",
            _ if text.contains("{{") || text.contains("${") => "a template that was not filled in",
            _ => "a string needs quotes",
        };
        let finding = sink
            .fault(fault, format!("`{text}` is not a value"))
            .label(label)
            .note("buildkitd refuses the whole file and does not start");
        if boolean {
            let fix = Fix::reread("write it in lower case", &context.layout, fault.span);
            finding.fix(fix.replace(fault.span, lower));
        } else if is_padded(text) {
            finding.help("leave the zero out, or write `0o` in front of an octal number");
        } else if !matches!(lower.as_str(), "yes" | "no" | "on" | "off")
            && !text.contains(['"', '\\', '{', '$'])
            && !touches_quote(context, fault.span)
        {
            let fix = Fix::reread("quote it", &context.layout, fault.span);
            finding.fix(fix.replace(fault.span, format!("\"{text}\"")));
        }
    }
}

/// Two quotes and one more would open a string of many lines.
fn touches_quote(context: &Context<'_>, span: Span) -> bool {
    let text = context.source.text();
    let (before, behind) = (text.get(..span.start as usize), text.get(span.end as usize..));
    let quotes = ['"', '\''];
    before.is_some_and(|text| text.ends_with(quotes))
        || behind.is_some_and(|text| text.starts_with(quotes))
}

/// A whole number that begins with a zero, which some read as octal.
fn is_padded(text: &str) -> bool {
    text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}
