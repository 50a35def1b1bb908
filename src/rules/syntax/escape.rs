//! A backslash begins no escape that TOML knows.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::tree::{NodeKind, Quote};

/// See the page.
pub static RULE: Rule = rule!("syntax", "escape", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::Escape = fault.kind else { continue };
        let finding = sink
            .fault(fault, format!("`{}` is not an escape", context.source.slice(fault.span)))
            .label("in double quotes a backslash begins an escape")
            .note("buildkitd refuses the whole file and does not start");
        let string = context.tree.before(fault.span.start).filter(|node| {
            node.kind == NodeKind::Text(Quote::Basic) && fault.span.end <= node.span.end
        });
        if let Some(string) = string
            && !context.source.slice(string.span).contains('\'')
        {
            let text = context.source.slice(string.span.inner());
            let title = "take single quotes, in which a backslash is a backslash";
            let fix = Fix::reread(title, &context.layout, string.span);
            finding.fix(fix.replace(string.span, format!("'{text}'")));
        }
    }
}
