//! Name servers on the loopback interface of the step.

use std::net::IpAddr;

use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("dns", "loopback", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((level, note)) = isolation(context) else { return };
    for server in context.decoded.config.dns.nameservers.items() {
        if server.value.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()) {
            sink.report(
                server.span,
                format!("nameserver `{}` is a loopback address", server.value),
            )
            .key("dns.nameservers")
            .level(level)
            .label("in a build step, the step itself")
            .note(note)
            .help("name a server by an address that build steps can reach");
        }
    }
}

/// How sure it is that steps have a loopback interface of their own; none if they have not.
fn isolation(context: &Context<'_>) -> Option<(Level, &'static str)> {
    // The file turns a worker on or off, but an installation may lack one that it leaves on. So
    // the one that is surely kept apart counts first.
    let modes = || {
        let live = context.live_workers().filter(|(_, worker)| worker.is_present());
        live.map(|(_, worker)| match worker.network_mode.text() {
            "auto" | "" if worker.rootless.is_true() => "host",
            mode => mode,
        })
    };
    if modes().any(|mode| mode == "bridge" || mode == "cni") {
        Some((Level::Warn, "nothing answers there, and steps cannot resolve names"))
    } else if modes().any(|mode| mode == "host") {
        None
    } else {
        Some((Level::Note, "works on the host's network alone, as `auto` has it without CNI"))
    }
}
