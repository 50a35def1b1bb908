//! A table is continued, or a value is used as a table, where TOML forbids it.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "redefined", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (first, title, label, there) = match fault.kind {
            FaultKind::Redefined { first } => {
                (first, "cannot be continued by dotted keys", "continued here", "its header")
            }
            FaultKind::NotATable { first } => {
                (first, "is a value, and cannot be a table too", "a table here", "a value here")
            }
            FaultKind::MixedBrackets { first } => (
                first,
                "is written with single and with double brackets",
                "not the same brackets",
                "first here",
            ),
            _ => continue,
        };
        sink.fault(fault, format!("`{}` {title}", fault.key()))
            .label(label)
            .also(first, there)
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
    }
}
