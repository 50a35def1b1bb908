//! Platforms that do not parse or do not exist.

use crate::report::{Fix, Impact};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "platform_unknown", check);

/// Well-known slips in `os/arch`: the architecture, and what is meant.
const SLIPS: [(&str, &str); 9] = [
    ("amd46", "amd64"),
    ("x64", "amd64"),
    ("x86", "386"),
    ("i686", "386"),
    ("armv5", "arm/v5"),
    ("armv6", "arm/v6"),
    ("armv7", "arm/v7"),
    ("armv8", "arm64"),
    ("arm32", "arm"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        for platform in worker.platforms.items() {
            let text = platform.value.as_ref();
            // A version of Windows in parentheses has rules of its own.
            if text.contains('(') {
                continue;
            }
            let parts: Vec<&str> = text.split('/').collect();
            let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let parses = parts.iter().all(|part| !part.is_empty() && part.chars().all(plain));
            if !parses || parts.len() > 3 {
                sink.report(platform.span, format!("`{text}` is no platform"))
                    .key(format!("{name}.platforms"))
                    .impact(Impact::Start)
                    .label("expected `os/arch` or `os/arch/variant`")
                    .note("buildkitd ends with \"invalid platforms\" at start")
                    .help("write one platform in each string, without spaces and wildcards");
                continue;
            }
            let [os, arch] = parts.as_slice() else { continue };
            let lower = arch.to_lowercase();
            let Some((_, meant)) = SLIPS.iter().find(|(slip, _)| *slip == lower) else { continue };
            sink.report(platform.span, format!("`{arch}` is no architecture, expected `{meant}`"))
                .key(format!("{name}.platforms"))
                .label("taken as it is")
                .note("buildkitd offers a platform that no image has")
                .fix(
                    Fix::unsafe_("write the platform as images do")
                        .replace(platform.span, format!("\"{os}/{meant}\"")),
                );
        }
    }
}
