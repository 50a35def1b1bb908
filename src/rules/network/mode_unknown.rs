//! A network mode that does not exist.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "mode_unknown", check);

const MODES: [&str; 4] = ["auto", "cni", "host", "bridge"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(mode) = worker.network_mode.field() else { continue };
        // Empty is the default.
        if mode.value.is_empty() || MODES.contains(&mode.value.as_ref()) {
            continue;
        }
        let finding = sink
            .report(mode.span, format!("`{}` is no network mode", mode.value))
            .key(format!("{name}.networkMode"))
            .label("expected `auto`, `cni`, `host` or `bridge`")
            .note("buildkitd ends with \"invalid network mode\" at start");
        let lower = mode.value.trim().to_lowercase();
        if MODES.contains(&lower.as_str()) {
            finding.fix(
                Fix::unsafe_("write the mode in lower case")
                    .replace(mode.span, format!("\"{lower}\"")),
            );
        } else if lower == "none" {
            finding.help(
                "leave the line out; `RUN --network=none` keeps a single step off the network",
            );
        }
    }
}
