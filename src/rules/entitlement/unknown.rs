//! An entitlement that does not exist.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("entitlement", "unknown", check);

/// What buildkitd takes from the file, letter by letter.
const KNOWN: [&str; 3] = ["network.host", "security.insecure", "device"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for item in context.decoded.config.insecure_entitlements.items() {
        if KNOWN.contains(&item.value.as_ref()) {
            continue;
        }
        let finding = sink
            .report(item.span.inner(), format!("`{}` is not an entitlement", item.value))
            .key("insecure-entitlements")
            .label("dropped by buildkitd")
            .note(
                "the daemon starts without a word; a build that asks for it fails with \"… is not \
                 allowed by build daemon configuration\"",
            );
        if let Some(near) = nearest(&item.value) {
            finding.help("an entitlement with a similar name exists").fix(
                Fix::unsafe_(format!("write `{near}`")).replace(item.span, format!("\"{near}\"")),
            );
        } else {
            finding.help("the entitlements are `network.host`, `security.insecure` and `device`");
        }
    }
}

/// What was probably meant.
fn nearest(written: &str) -> Option<&'static str> {
    let plain = written.trim().to_lowercase().replace(['-', '_', ':', '/'], ".");
    match plain.as_str() {
        "insecure" | "privileged" => return Some("security.insecure"),
        "host" | "networkhost" | "host.network" => return Some("network.host"),
        _ => {}
    }
    // One slip in a short name, three in a long one.
    let near = |name: &&str| strsim::damerau_levenshtein(name, &plain) <= name.len() / 5;
    KNOWN.iter().copied().find(near)
}
