//! The same entitlement twice.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("entitlement", "duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let items = context.decoded.config.insecure_entitlements.items();
    for (at, item) in items.iter().enumerate() {
        let before = items.get(..at).unwrap_or_default();
        let Some(first) = before.iter().find(|other| other.value == item.value) else { continue };
        let finding = sink
            .report(item.span.inner(), format!("`{}` is listed twice", item.value))
            .key("insecure-entitlements")
            .label("grants nothing more")
            .also(first.span.inner(), "listed here already")
            .help("remove one of them");
        let fix = Fix::unsafe_("remove the second one");
        fix.remove_element(&context.layout, item.span).map(|fix| finding.fix(fix));
    }
}
