//! A bridge on addresses that belong to others.

use std::net::Ipv4Addr;

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "bridge_subnet_public", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        if worker.network_mode.text() != "bridge" {
            continue;
        }
        let Some(subnet) = worker.bridge_subnet.field() else { continue };
        // Public IPv6 networks are handed to whoever wants one.
        let Some((address, _)) = subnet.value.split_once('/') else { continue };
        if address.parse::<Ipv4Addr>().is_ok_and(is_public) {
            sink.report(subnet.span, format!("`{}` is a public network", subnet.value))
                .key(format!("{name}.bridgeSubnet"))
                .label("routed to the bridge")
                .note("steps and the host no longer reach the real servers in this network")
                .help("take a private one, in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
        }
    }
}

/// Whether an address may be somebody's on the Internet.
fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        // Carrier-grade NAT, benchmarks, "this network", multicast and reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || a == 0
        || a >= 224;
    !special
}
