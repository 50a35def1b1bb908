//! A key is not one that buildkitd knows.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::release::NEWEST;
use crate::report::Level;
use crate::rules::schema::{place, unknown};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "unknown_key", check);

const PROXY: &str =
    "buildkitd takes its proxy from HTTP_PROXY, HTTPS_PROXY and NO_PROXY in its environment";
const SECURITY: &str = "what builds may ask for is listed in `insecure-entitlements`";
const POLICY: &str = "a source policy comes with each build, from its client";

/// Keys that are often made up, and where to find what they were to do. The last part tells
/// whether someone relies on it for security.
const HINTS: &[(&str, &str, bool)] = &[
    ("proxy", PROXY, false),
    ("proxies", PROXY, false),
    ("http_proxy", PROXY, false),
    ("https_proxy", PROXY, false),
    ("httpproxy", PROXY, false),
    ("httpsproxy", PROXY, false),
    ("no_proxy", PROXY, false),
    ("noproxy", PROXY, false),
    ("security", SECURITY, true),
    ("source-policy", POLICY, true),
    ("sourcepolicy", POLICY, true),
    ("image", "the image of a builder is an option of its driver, `--driver-opt image=…`", false),
    ("https", "registries are contacted over HTTPS unless `http = true`", false),
    ("cdienabled", "devices are on unless `[cdi]` has `disabled = true`", false),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Unknown = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        let finding = sink
            .report(
                unknown.part,
                format!("`{name}` is not a key of {}", place(&unknown.path, unknown.at)),
            )
            .label(format!("passed over without a word, up to v{NEWEST}"))
            .key(named(&unknown.path));
        let lower = name.to_ascii_lowercase();
        if let Some((_, help, guard)) = HINTS.iter().find(|(hint, ..)| *hint == lower) {
            finding.help(*help);
            if *guard {
                finding.level(Level::Deny).note("it neither forbids nor grants anything");
            }
        }
    }
}
