//! A value in `bklint.toml` is not what its key takes.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "config_value", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        if let FaultKind::Argument { key, why } = &fault.kind {
            sink.report(fault.span, format!("`{key}`: {why}")).key(key);
        }
        let FaultKind::Value { key, wanted, found } = &fault.kind else { continue };
        let written = own.source.slice(fault.span);
        let what = if written.len() > 40 || written.contains('\n') { found } else { written };
        let what = if what == written { format!("`{what}`") } else { what.to_owned() };
        sink.report(fault.span, format!("`{key}` cannot be {what}"))
            .key(key)
            .label("bklint passes over it")
            .help(format!("write {wanted}"));
    }
}
