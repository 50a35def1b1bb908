//! A registry table named with upper-case letters.

use crate::effective::is_domain;
use crate::hosts::{content, rename};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "upper_case", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for entry in config.registry.iter() {
        let name = &*entry.name;
        let lower = name.to_ascii_lowercase();
        if lower == name
            || !is_domain(name)
            || config.registry.named(&lower).is_some()
            || context.mirrors().served_by(name)
            || context.mirrors().missed_by(entry).is_some()
        {
            continue;
        }
        let finding = sink
            .report(
                content(context.source, entry.key),
                format!("`{name}` matches only images written in this letter case"),
            )
            .label("compared byte by byte")
            .note(format!("images written with `{lower}` get none of these settings"));
        // Without a dot or port it is a host only because of its upper-case letters.
        if lower.contains(['.', ':']) {
            finding.fix(rename(Fix::unsafe_("write the host in lower case"), entry, &lower));
        }
    }
}
