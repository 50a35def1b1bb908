//! A TCP listener that others reach, without TLS.

use crate::rules::grpc::address::{mark_grants, open_tcp, tls_files};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "tcp_without_tls", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // Any of the three files makes it another rule's fault.
    if tls_files(&context.decoded.config.grpc.tls) != Some((false, false, false)) {
        return;
    }
    for (at, (span, address)) in open_tcp(context).enumerate() {
        let finding = sink
            .report(span, format!("`{address}` accepts any client, without TLS"))
            .key("grpc.address")
            .label("plain text, no authentication")
            .note(
                "whoever reaches the port can run builds on this daemon, with what it grants; \
                 buildkitd only logs \"TLS is not enabled\"",
            )
            .help(
                "set `cert`, `key` and `ca` in `[grpc.tls]`, or listen on `127.0.0.1` or a unix \
                 socket; a network that only clients reach is a weaker guard",
            );
        if at == 0 {
            mark_grants(context, finding);
        }
    }
}
