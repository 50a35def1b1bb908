//! A comment for bklint cannot be read.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "comment_syntax", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::Comment { why, instead } = &fault.kind else { continue };
        let found = sink
            .report(fault.span, "this comment for bklint cannot be read")
            .label("silences nothing")
            .note(why.clone())
            .help("write it like `# bklint: allow(gc::disabled) until=2027-01-31 -- why`");
        if let Some((text, span)) = instead {
            found.help(format!("write `{text}`"));
            found.fix(Fix::safe(format!("write `{text}`")).replace(*span, text));
        }
    }
}
