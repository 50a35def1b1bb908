//! A TCP address without a port.

use crate::rules::grpc::address::{host_port, split};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("grpc", "tcp_without_port", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let grpc = &context.decoded.config.grpc;
    for item in grpc.address.items() {
        if let Some(("tcp", rest)) = split(&item.value) {
            report(sink, "grpc.address", item.span, rest, &item.value);
        }
    }
    if let Some(field) = grpc.debug_address.field() {
        match split(&field.value) {
            Some(("tcp", rest)) => {
                report(sink, "grpc.debugAddress", field.span, rest, &field.value);
            }
            Some(_) => {}
            None => report(sink, "grpc.debugAddress", field.span, &field.value, &field.value),
        }
    }
}

fn report(sink: &mut Sink<'_>, key: &str, span: Span, rest: &str, written: &str) {
    // Nothing at all is a free port of the system's choice, or no debug listener.
    if rest.is_empty() || host_port(rest).is_some() {
        return;
    }
    // More colons than one, and none of them known to lead to the port.
    let bare = rest.matches(':').count() > 1 && !rest.starts_with('[');
    let (message, label, help) = if bare {
        (
            format!("`{written}` has an IPv6 address without brackets"),
            "where the port begins cannot be told",
            "write the address in brackets: `[::1]:1234`".to_owned(),
        )
    } else {
        (
            format!("`{written}` has no port, expected `host:port`"),
            "no port",
            format!("add the port: `{written}:1234`"),
        )
    };
    sink.report(span.inner(), message)
        .key(key)
        .label(label)
        .note("buildkitd reads the file, fails to listen and exits")
        .help(help);
}
