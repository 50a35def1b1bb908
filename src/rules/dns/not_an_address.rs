//! Name servers that are no addresses.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("dns", "not_an_address", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for server in context.decoded.config.dns.nameservers.items() {
        if is_address(&server.value) {
            continue;
        }
        let finding = sink
            .report(server.span, format!("nameserver `{}` is no IP address", server.value))
            .key("dns.nameservers")
            .note("buildkitd starts; every RUN step then fails with \"bad nameserver address\"");
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

/// Whether it is an address; an IPv6 address may name a zone.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let zoned =
        |(address, zone): (&str, &str)| !zone.is_empty() && address.parse::<Ipv6Addr>().is_ok();
    text.parse::<IpAddr>().is_ok() || text.split_once('%').is_some_and(zoned)
}
