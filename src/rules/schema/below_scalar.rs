//! A key or header stands below something that is no table.

use crate::decode::FaultKind;
use crate::rules::schema::unquoted_label;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "below_scalar", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let (wanted, note) = match fault.kind {
            FaultKind::BelowScalar { wanted } => {
                (wanted, "buildkitd refuses the whole file and does not start")
            }
            FaultKind::HeaderBelowScalar { wanted } => {
                (wanted, "buildkitd crashes while it loads the file")
            }
            _ => continue,
        };
        // The name of a label without its quotes has a rule of its own.
        if unquoted_label::pair(context, fault).is_some() {
            continue;
        }
        sink.fault(
            fault,
            format!("`{}` stands below a key that takes {}", fault.key(), wanted.wanted()),
        )
        .label("no table to be in")
        .key(fault.key())
        .note(note);
    }
}
