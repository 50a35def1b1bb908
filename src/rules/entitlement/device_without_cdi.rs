//! Devices may be asked for, and none are given.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("entitlement", "device_without_cdi", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    let Some(off) = config.cdi.disabled.field().filter(|field| field.value) else { return };
    let mut items = config.insecure_entitlements.items().iter();
    let Some(item) = items.find(|item| item.value == "device") else { return };
    sink.report(item.span.inner(), "`device` is granted, and there are no devices to give")
        .key("insecure-entitlements")
        .label("granted")
        .also(off.key.to(off.span), "no device is known")
        .note("a step with `RUN --device` is let through and runs without the device")
        .help("remove one of the two");
}
