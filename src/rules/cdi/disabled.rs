//! Devices are off, which a build can turn against the daemon.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cdi", "disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(off) = context.decoded.config.cdi.disabled.field().filter(|off| off.value) else {
        return;
    };
    sink.report(off.span, "with devices off, a build that asks for one can crash the daemon")
        .key("cdi.disabled")
        .label("leaves buildkitd without a manager of devices")
        .note("v0.32 looks the device up there without a check when it judges entitlements")
        .help("leave the line out; without specifications in `specDirs` there are no devices");
}
