//! A debug listener that others reach.

use crate::rules::grpc::address::{host_port, is_loopback, split};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "debug_address_open", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(field) = context.decoded.config.grpc.debug_address.field() else { return };
    let rest = match split(&field.value) {
        Some(("tcp", rest)) => rest,
        Some(_) => return,
        None => &field.value,
    };
    let Some((host, _)) = host_port(rest) else { return };
    if is_loopback(host) {
        return;
    }
    sink.report(
        field.span.inner(),
        format!("debug listener `{}` is open to the network", field.value),
    )
    .key("grpc.debugAddress")
    .label("no TLS, no authentication")
    .note(
        "whoever reaches it reads profiles, traces and cache records, and can keep the \
             daemon busy",
    )
    .help("listen on `127.0.0.1`; for metrics let only the scraper through");
}
