//! Keys that the network mode does not read.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "unused_cni_keys", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(mode) = worker.network_mode.field() else { continue };
        let config = ("cniConfigPath", &worker.cni_config_path);
        let binary = ("cniBinaryPath", &worker.cni_binary_path);
        let bridge = ("bridgeName", &worker.bridge_name);
        let subnet = ("bridgeSubnet", &worker.bridge_subnet);
        let unread = match mode.value.as_ref() {
            "host" => vec![config, binary, bridge, subnet],
            "cni" => vec![bridge, subnet],
            "bridge" => vec![config],
            // An environment variable can turn `auto` into a bridge; other words are no modes.
            _ => continue,
        };
        for (key, leaf) in unread {
            let Some(field) = leaf.field() else { continue };
            let finding = sink.report(
                field.key,
                format!("`{key}` has no effect with network mode `{}`", mode.value),
            );
            finding
                .key(format!("{name}.{key}"))
                .label("never read")
                .also(mode.span, "the mode chosen")
                .help(if key.starts_with("bridge") {
                    "set `networkMode = \"bridge\"`, or remove the line"
                } else {
                    "set `networkMode = \"cni\"`, or remove the line"
                });
            let fix =
                Fix::unsafe_("remove what is not read").remove_pair(&context.layout, field.key);
            fix.map(|fix| finding.fix(fix));
        }
    }
}
