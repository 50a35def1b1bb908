//! A key that a flag beats.

use crate::effective::{Effective, Provenance};
use crate::rules::{Context, Rule, Sink};
use crate::settings::Settings;

/// See the page.
pub static RULE: Rule = rule!("deploy", "flag_overrides", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.overrides.is_empty() {
        return;
    }
    let plain = Settings { overrides: Vec::new(), ..context.settings.clone() };
    let alone = Effective::new(&context.decoded.config, &plain).values();
    for (value, alone) in context.effective().values().into_iter().zip(alone) {
        let (Provenance::Flag(flag), Some(span)) = (value.from, value.beaten) else { continue };
        // What flags do to this list has rules of its own.
        if value.key == "insecure-entitlements" || value.data == alone.data {
            continue;
        }
        sink.report(span, format!("`{flag}` beats `{}`", value.key))
            .key(value.key)
            .label("has no effect")
            .note("buildkitd applies its flags after it has read the file")
            .help("keep the value in one place");
    }
}
