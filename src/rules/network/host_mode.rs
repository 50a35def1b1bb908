//! Steps in the network of the daemon.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "host_mode", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(mode) = worker.network_mode.field() else { continue };
        // A daemon without root usually has a network namespace of its own.
        if mode.value == "host" && !worker.rootless.is_true() {
            sink.report(mode.span, "build steps share the network of the daemon")
                .key(format!("{name}.networkMode"))
                .label("for every step of every build")
                .note("steps reach what listens on 127.0.0.1 there, without an entitlement")
                .help("where others send builds, `bridge` gives each step a network of its own");
        }
    }
}
