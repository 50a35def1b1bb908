//! `grpc.tls` with `ca` alone.

use crate::report::Impact;
use crate::rules::grpc::address::{mark_grants, open_tcp, tls_files};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "tls_ca_only", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = &context.decoded.config.grpc.tls;
    if tls_files(tls) != Some((false, false, true)) {
        return;
    }
    let Some(ca) = tls.ca.field() else { return };
    let open: Vec<_> = open_tcp(context).collect();
    let finding = sink
        .report(ca.key, "`grpc.tls` has only `ca`, so TLS is off")
        .key("grpc.tls.ca")
        .label("not even read without `cert` and `key`")
        .help(
            "add `cert` and `key` of the server; with all three set, clients must show a \
             certificate signed by `ca`",
        );
    if open.is_empty() {
        finding
            .impact(Impact::Ignored)
            .note("a TCP address, should one be added, accepts any client in plain text");
        return;
    }
    for (span, _) in open {
        finding.also(span, "plain text, any client accepted");
    }
    mark_grants(context, finding);
    finding.note(
        "the daemon starts with its general \"TLS is not enabled\" warning; whoever reaches the \
         port can run builds on it",
    );
}
