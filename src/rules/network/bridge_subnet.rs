//! A bridge without a network.

use std::net::IpAddr;

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "bridge_subnet", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        if worker.network_mode.text() != "bridge" {
            continue;
        }
        let Some(subnet) = worker.bridge_subnet.field().filter(|s| !s.value.is_empty()) else {
            continue;
        };
        let Some((label, network)) = fault(&subnet.value) else { continue };
        let finding = sink
            .report(subnet.span, format!("`{}` cannot be the subnet of a bridge", subnet.value))
            .key(format!("{name}.bridgeSubnet"))
            .label(label)
            .note("buildkitd cannot create the bridge and ends at start");
        match network {
            Some(network) => {
                let text = format!("\"{network}\"");
                finding.fix(
                    Fix::unsafe_("write the address of the network").replace(subnet.span, text),
                )
            }
            None => finding.help("write a network with its prefix, such as \"10.10.0.0/16\""),
        };
    }
}

/// What is wrong with a subnet, and what it should be where that is clear.
fn fault(subnet: &str) -> Option<(&'static str, Option<String>)> {
    let (address, prefix) = match subnet.split_once('/') {
        Some((address, prefix)) => (address.parse::<IpAddr>(), prefix),
        None => return Some(("lacks the length of the prefix", None)),
    };
    let Ok(address) = address else { return Some(("holds no IP address", None)) };
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let digits = prefix.bytes().all(|b| b.is_ascii_digit());
    let Some(prefix) = prefix.parse::<u32>().ok().filter(|p| digits && *p <= bits) else {
        return Some(("the length of the prefix is out of range", None));
    };
    if prefix + 2 > bits {
        return Some(("has no address for a step", None));
    }
    let network = network(address, prefix);
    (network != address)
        .then(|| ("an address inside the network", Some(format!("{network}/{prefix}"))))
}

/// The address with all bits behind the prefix cleared.
fn network(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}
