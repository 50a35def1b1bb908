//! TLS without a listener that could use it.

use crate::report::Level;
use crate::rules::grpc::address::{split, tls_files};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "tls_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let grpc = &context.decoded.config.grpc;
    if !matches!(tls_files(&grpc.tls), Some((true, true, _))) {
        return;
    }
    let Some(cert) = grpc.tls.cert.field() else { return };
    let local = |address: &str| matches!(split(address), Some(("unix" | "npipe", _)));
    if !grpc.address.items().iter().all(|item| local(&item.value)) {
        return;
    }
    let finding = sink
        .report(cert.key, "`grpc.tls` is set, and no address in the file uses TLS")
        .key("grpc.tls")
        .label("still loaded; a bad file stops the daemon");
    match grpc.address.field().filter(|field| !field.value.is_empty()) {
        Some(field) => {
            finding.also(field.span, "sockets of this machine never use TLS");
        }
        // The flag `--addr` is a common way to add one, and the file cannot tell.
        None if grpc.address.get().is_some() || grpc.address.is_absent() => {
            finding.level(Level::Note).note("the default address is a unix socket, without TLS");
        }
        None => {}
    }
    finding.help("add a `tcp://` address here or with `--addr`, or remove `[grpc.tls]`");
}
