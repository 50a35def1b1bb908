//! Settings of devices that are off.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cdi", "unused_beside_disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let cdi = &context.decoded.config.cdi;
    let Some(off) = cdi.disabled.field().filter(|off| off.value) else { return };
    for (key, leaf) in [("specDirs", &cdi.spec_dirs), ("autoAllowed", &cdi.auto_allowed)] {
        let Some(field) = leaf.field() else { continue };
        sink.report(field.key, format!("`{key}` has no effect beside `disabled = true`"))
            .key(format!("cdi.{key}"))
            .label("not read")
            .also(off.span, "turns devices off")
            .help("remove one of the two");
    }
}
