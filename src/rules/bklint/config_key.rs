//! A key of `bklint.toml` is not known.

use crate::own::{FaultKind, Own};
use crate::report::Fix;
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "config_key", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::UnknownKey { name, place, near, home } = &fault.kind else { continue };
        let found = sink
            .report(fault.span, format!("`{name}` is not a key of {place}"))
            .key(name)
            .label("ignored by bklint");
        if let Some(home) = home {
            found.help(format!("it belongs in `[{home}]`"));
        } else if let Some(near) = near {
            found
                .help("a key with a similar name exists")
                .fix(Fix::unsafe_(format!("write `{near}`")).replace(fault.span, *near));
        }
    }
}
