//! A registry table named with upper-case letters.

use crate::effective::is_domain;
use crate::hosts::{content, rename};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "upper_case", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let name = &*entry.name;
        if !table.upper {
            continue;
        }
        let lower = name.to_ascii_lowercase();
        if !is_domain(name)
            || config.registry.named(&lower).is_some()
            || table.serves()
            || table.misses().is_some()
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
