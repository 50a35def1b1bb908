//! A host or port that is none.

use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "malformed_tcp", check);

/// Names that systems know ports by and somebody might listen on.
const NAMES: [&str; 6] = ["docker", "docker-s", "domain", "http", "http-alt", "https"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for listener in listeners(&context.decoded.config) {
        let Address::Tcp(host, port) = listener.address else { continue };
        let (title, label) = if host.contains(|c: char| c == '/' || c.is_whitespace()) {
            (format!("`{host}` is not a host"), "expected `host:port`")
        } else if !is_port(port) {
            (format!("`{port}` is not a port"), "ports are numbers up to 65535")
        } else {
            continue;
        };
        sink.report(listener.span.inner(), title)
            .key(listener.key)
            .label(label)
            .note("buildkitd reads the file, fails to listen and exits");
    }
}

/// Whether Go finds a port by that name. No port at all is a free one, of the system's choice.
fn is_port(port: &str) -> bool {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_empty() || NAMES.contains(&port) || (digits && port.parse::<u16>().is_ok())
}
