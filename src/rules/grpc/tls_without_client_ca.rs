//! TLS that does not ask clients for a certificate.

use crate::rules::grpc::address::{mark_grants, open_tcp, tls_files};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "tls_without_client_ca", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = &context.decoded.config.grpc.tls;
    if tls_files(tls) != Some((true, true, false)) {
        return;
    }
    for (at, (span, address)) in open_tcp(context).enumerate() {
        let finding = sink
            .report(span, format!("`{address}` is encrypted, and accepts any client"))
            .key("grpc.address")
            .label("no client certificate asked for");
        if let Some(cert) = tls.cert.field() {
            finding.also(cert.key, "proves the server to clients, and nothing more");
        }
        finding
            .note("whoever reaches the port can run builds on this daemon, with what it grants")
            .help("set `ca` in `[grpc.tls]`: clients must then show a certificate signed by it");
        if at == 0 {
            mark_grants(context, finding);
        }
    }
}
