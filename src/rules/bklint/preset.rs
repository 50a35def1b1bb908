//! The preset of a `bklint.toml` cannot be used.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "preset", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Preset { name, why } = &fault.kind else { continue };
        sink.report(fault.span, format!("preset `{name}` cannot be used"))
            .key("preset")
            .label("files are judged without it")
            .note(why.clone());
    }
}
