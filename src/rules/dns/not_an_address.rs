//! Name servers that are no addresses.

use std::net::SocketAddr;

use crate::hosts::is_address;
use crate::release::Release;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("dns", "not_an_address", check);

/// The first release that checks name servers.
const CHECKED: Release = Release::new(24, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for server in context.decoded.config.dns.nameservers.items() {
        if is_address(&server.value) {
            continue;
        }
        let finding = sink
            .report(server.span, format!("nameserver `{}` is no IP address", server.value))
            .key("dns.nameservers")
            .note(if context.settings.buildkit.all_before(CHECKED) {
                "build steps are given it as it is, and find no server"
            } else {
                "buildkitd starts; every RUN step then fails with \"bad nameserver address\""
            });
        if let Ok(socket) = server.value.parse::<SocketAddr>() {
            let text = format!("\"{}\"", socket.ip());
            finding
                .label("an address with a port")
                .fix(Fix::unsafe_("write the address alone").replace(server.span, text));
        } else {
            finding.label("expected an address such as \"10.0.0.53\"");
        }
    }
}
