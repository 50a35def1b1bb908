//! A server certificate that is not for the address it is served at.

use std::net::IpAddr;

use crate::cert::Certificate;
use crate::report::Level;
use crate::rules::certificate::shared::{report, show};
use crate::rules::grpc::address::{host_port, is_loopback, split};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "wrong_address", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(file) = context.tls().files.iter().find(|file| file.role == Role::ServerCert) else {
        return;
    };
    // One without any name is another rule's.
    let named = |leaf: &&Certificate| !leaf.dns.is_empty() || !leaf.ip.is_empty();
    let Some(leaf) = file.leaf().filter(named) else { return };
    for item in context.decoded.config.grpc.address.items() {
        let Some(("tcp", rest)) = split(&item.value) else { continue };
        let Some((host, _)) = host_port(rest) else { continue };
        let address = host.parse::<IpAddr>().ok();
        // On all interfaces it has any name; at a loopback address a tunnel has one of its own.
        if host.is_empty()
            || address.is_some_and(|address| address.is_unspecified())
            || is_loopback(host)
            || leaf.covers(host)
        {
            continue;
        }
        let finding = report(sink, file, format!("server certificate is not valid for `{host}`"));
        let names = leaf.dns.iter().cloned().chain(leaf.ip.iter().map(ToString::to_string));
        let names: Vec<_> = names.take(4).collect();
        finding
            .label(format!("valid for {}", names.join(", ")))
            .also(item.span.inner(), "served here");
        show(finding, context, file, leaf);
        finding
            .note(format!(
                "a client that connects to {host} refuses it with \"x509: certificate is valid \
                 for …, not {host}\""
            ))
            .help("issue it for that name too, or have clients use one of its names");
        // Clients may well use a name where the file has to have an address.
        if address.is_some() && !leaf.dns.is_empty() {
            finding.level(Level::Note);
        }
    }
}
