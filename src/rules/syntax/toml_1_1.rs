//! An inline table uses a form of TOML 1.1.

use crate::decode::{Fault, FaultKind};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("syntax", "toml_1_1", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (FaultKind::InlineNewline | FaultKind::InlineComma) = fault.kind else { continue };
        let finding = sink.fault(
            fault,
            if matches!(fault.kind, FaultKind::InlineComma) {
                "comma before the end of an inline table"
            } else {
                "inline table on several lines"
            },
        );
        finding
            .label("TOML 1.1 allows this, buildkitd does not")
            .note("buildkitd refuses the whole file and does not start")
            .help("write it on one line, or as a table with a header");
        let fix = if matches!(fault.kind, FaultKind::InlineComma) {
            Some(Fix::safe("remove the comma").remove(fault.span))
        } else {
            one_line(context, fault)
        };
        fix.map(|fix| finding.fix(fix));
    }
}

/// Joins the lines of an inline table, where no comment stands between them.
fn one_line(context: &Context<'_>, fault: &Fault) -> Option<Fix> {
    let table = context.tree.nodes.get(fault.node()?)?;
    let mut fix = Fix::safe("write it on one line");
    let mut at = table.span.start;
    while let Some(found) = context.source.slice(Span::new(at, table.span.end)).find(['\n', '\r']) {
        let rest = context.source.slice(Span::new(at, table.span.end));
        let (before, after) = rest.split_at_checked(found)?;
        let space = after.len() - after.trim_start().len();
        let start = before.trim_end().len();
        let offset = |n: usize| u32::try_from(n).ok();
        let span = Span::new(at + offset(start)?, at + offset(found + space)?);
        fix = fix.replace(span, " ");
        at = span.end;
    }
    let inside = context.source.slice(table.span);
    (!inside.contains(['#', '[']) && !inside.contains("\"\"\"") && !inside.contains("'''"))
        .then_some(fix)
}
