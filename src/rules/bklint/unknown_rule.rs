//! A name in `bklint.toml` or in a comment is no rule's.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "unknown_rule", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::UnknownRule(unknown) = &fault.kind else { continue };
        let found = sink
            .report(fault.span, format!("`{}` is not a rule", unknown.name()))
            .label("no level is set")
            .help("`bklint rules` lists them all");
        if let Some(near) = unknown.nearest() {
            let written = own.source.slice(fault.span);
            let mut text = written.replace(unknown.name(), near);
            // A key with colons stands in quotes, a name in a comment does not.
            let (_, behind) = own.source.text().split_at(fault.span.end as usize);
            if text.contains(':')
                && written == unknown.name()
                && behind.trim_start().starts_with('=')
            {
                text = format!("\"{text}\"");
            }
            found
                .help("a rule with a similar name exists")
                .fix(Fix::unsafe_(format!("write `{near}`")).replace(fault.span, text));
        } else if !unknown.near().is_empty() {
            found.help(format!("similar names: `{}`", unknown.near().join("`, `")));
        }
    }
}
