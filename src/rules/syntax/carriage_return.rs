//! A carriage return stands without a line feed.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("syntax", "carriage_return", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::LoneCr { count } = fault.kind else { continue };
        let finding = sink.fault(fault, "carriage return without a line feed");
        finding
            .label(if count == 1 { "here".to_owned() } else { format!("the first of {count}") })
            .note("buildkitd refuses the whole file and does not start")
            .help("end lines with a line feed");
        finding.fix(end_lines(context));
    }
}

/// A line feed for each row of them; before the end of a line they are too many.
fn end_lines(context: &Context<'_>) -> Fix {
    let mut fix = Fix::unsafe_("end lines with a line feed");
    let mut at = 0;
    for row in context.source.text().as_bytes().chunk_by(|a, b| (*a == b'\r') == (*b == b'\r')) {
        let length = u32::try_from(row.len()).unwrap_or(0);
        let next = context.source.text().as_bytes().get((at + length) as usize);
        match (row.first(), next) {
            (Some(b'\r'), Some(b'\n')) if length > 1 => {
                fix = fix.replace(Span::new(at, at + length - 1), "");
            }
            (Some(b'\r'), next) if next != Some(&b'\n') => {
                fix = fix.replace(Span::new(at, at + length), "\n");
            }
            _ => {}
        }
        at += length;
    }
    fix
}
