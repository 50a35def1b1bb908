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
                report(sink, "grpc.debugAddress", field.span, rest, &field.value)
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
    let finding = sink
        .report(span, format!("`{written}` has no port, expected `host:port`"))
        .key(key)
        .label("no port")
        .note("buildkitd reads the file, fails to listen and exits");
    if rest.matches(':').count() > 1 && !rest.starts_with('[') {
        finding.help("an IPv6 address stands in brackets: `[::1]:1234`");
    } else {
        finding.help(format!("add the port: `{written}:1234`"));
    }
}
