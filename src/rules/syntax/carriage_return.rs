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

/// A line feed for each; before the end of a line it is one too many.
fn end_lines(context: &Context<'_>) -> Fix {
    let bytes = context.source.text().as_bytes();
    let nexts = bytes.iter().skip(1).map(Some).chain([None]);
    let mut fix = Fix::unsafe_("end lines with a line feed");
    for ((at, byte), next) in (0..).zip(bytes).zip(nexts) {
        if *byte == b'\r' && next != Some(&b'\n') {
            let doubled = next == Some(&b'\r');
            fix = fix.replace(Span::new(at, at + 1), if doubled { "" } else { "\n" });
        }
    }
    fix
}
