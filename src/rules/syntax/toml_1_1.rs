//! An inline table uses a form of TOML 1.1.

use crate::decode::{Fault, FaultKind};
use crate::order::Order;
use crate::report::{Edit, Fix};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::Node;

/// See the page.
pub static RULE: Rule = rule!("syntax", "toml_1_1", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let faults = context.decoded.faults.iter();
    let mut wide: Vec<_> = faults.filter_map(|fault| Some(table(context, fault)?.span)).collect();
    wide.order();
    // What is on one line has all in it on one line.
    let mut end = 0;
    wide.retain(|span| {
        let outer = span.end > end;
        end = end.max(span.end);
        outer
    });
    for fault in &context.decoded.faults {
        let (title, help) = match fault.kind {
            FaultKind::InlineNewline => (
                "inline table on several lines",
                "write it on one line, or as a table with a header",
            ),
            FaultKind::InlineComma => {
                ("comma before the end of an inline table", "end it without one")
            }
            _ => continue,
        };
        let finding = sink
            .fault(fault, title)
            .label("TOML 1.1 allows this, buildkitd does not")
            .note("buildkitd refuses the whole file and does not start")
            .help(help);
        match table(context, fault) {
            None => drop(finding.fix(Fix::safe("remove the comma").remove(fault.span))),
            Some(table) if wide.binary_search(&table.span).is_ok() => {
                one_line(context, table.span).map(|fix| finding.fix(fix));
            }
            Some(_) => {}
        }
    }
}

/// The inline table that has line ends.
fn table<'c>(context: &'c Context<'_>, fault: &Fault) -> Option<&'c Node> {
    let newline = matches!(fault.kind, FaultKind::InlineNewline);
    context.tree.nodes.get(fault.node().filter(|_| newline)?)
}

/// Joins the lines of a table, where no comment and no text of several lines stands in it.
fn one_line(context: &Context<'_>, table: Span) -> Option<Fix> {
    let text = context.source.slice(table);
    if ["#", "\"\"\"", "'''"].iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let (mut fix, mut at) = (Fix::safe("write it on one line"), 0);
    while let Some(found) = text.get(at..)?.find(['\n', '\r']) {
        let (before, after) = (text.get(at..at + found)?, text.get(at + found..)?);
        let space = after.len() - after.trim_start().len();
        let offset = |at: usize| Some(table.start + u32::try_from(at).ok()?);
        let start = offset(at + before.trim_end().len())?;
        at += found + space;
        fix.edits.push(Edit { span: Span::new(start, offset(at)?), text: " ".into() });
    }
    Some(fix)
}
