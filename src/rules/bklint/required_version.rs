//! A `bklint.toml` is for another version of bklint.

use crate::own::{FaultKind, Own};
use crate::rules::{Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Own, "bklint", "required_version", check);

fn check(own: &Own<'_>, sink: &mut Sink<'_>) {
    for fault in own.faults {
        let FaultKind::RequiredVersion { wanted } = &fault.kind else { continue };
        let version = env!("CARGO_PKG_VERSION");
        sink.report(fault.span, format!("this is bklint {version}, and {wanted} is required"))
            .key("required-version")
            .label("does not fit")
            .help("install the version that the file asks for");
    }
}
