//! The same entitlement twice.

use crate::hash::HashMap;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("entitlement", "duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashMap::default();
    for item in context.decoded.config.insecure_entitlements.items() {
        let first = *seen.entry(item.value.as_ref()).or_insert(item);
        if std::ptr::eq(first, item) {
            continue;
        }
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
