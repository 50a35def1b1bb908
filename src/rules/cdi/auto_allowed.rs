//! A device that no name can match.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cdi", "auto_allowed", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let cdi = &context.decoded.config.cdi;
    if cdi.disabled.is_true() {
        return;
    }
    for device in cdi.auto_allowed.items() {
        let text = device.value.as_ref();
        let label = if text.contains('*') {
            "compared letter by letter; `*` is no wildcard"
        } else if !text.contains('/') {
            "names of devices begin with `vendor/class`"
        } else {
            continue;
        };
        let finding = sink
            .report(device.span, format!("`{text}` allows no device"))
            .key("cdi.autoAllowed")
            .label(label)
            .note("a build that asks for the device is refused without the entitlement `device`");
        match text.strip_suffix("=*").filter(|kind| !kind.contains('*') && kind.contains('/')) {
            Some(kind) => finding.fix(
                Fix::unsafe_("name the kind, for all its devices")
                    .replace(device.span, format!("\"{kind}\"")),
            ),
            None => finding.help("write `vendor/class` or `vendor/class=name`"),
        };
    }
}
