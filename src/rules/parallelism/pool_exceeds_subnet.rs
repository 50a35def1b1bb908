//! More steps than addresses for them.

use std::net::Ipv4Addr;

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("parallelism", "pool_exceeds_subnet", check);

/// Addresses that no step gets: of the network, of the bridge, and for broadcasts.
const TAKEN: i64 = 3;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        // Only the bridge takes its addresses from here.
        if worker.network_mode.text() != "bridge" {
            continue;
        }
        let Some(subnet) = worker.bridge_subnet.field() else { continue };
        let Some(free) = addresses(&subnet.value) else { continue };
        let keys =
            [("cniPoolSize", &worker.cni_pool_size), ("max-parallelism", &worker.max_parallelism)];
        for (key, leaf) in keys {
            let Some(count) = leaf.field().filter(|count| count.value > free) else { continue };
            let message =
                format!("`{key} = {}` exceeds the {free} addresses of the bridge", count.value);
            sink.report(count.span, message)
                .key(format!("{name}.{key}"))
                .also(subnet.span, format!("{free} addresses for steps"))
                .note("without a free address a step fails before its command runs")
                .help("take a larger subnet, such as a /16, or a smaller number");
            break;
        }
    }
}

/// How many steps an IPv4 network has addresses for. IPv6 networks have enough.
fn addresses(subnet: &str) -> Option<i64> {
    let (address, prefix) = subnet.split_once('/')?;
    address.parse::<Ipv4Addr>().ok()?;
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 30)?;
    Some((1_i64 << (32 - prefix)) - TAKEN)
}
