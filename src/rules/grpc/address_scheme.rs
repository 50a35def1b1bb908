//! An address whose scheme buildkitd does not know.

use crate::report::Fix;
use crate::rules::grpc::address::{host_port, split};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("grpc", "address_scheme", check);

const SCHEMES: [&str; 4] = ["unix", "tcp", "fd", "npipe"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let grpc = &context.decoded.config.grpc;
    for item in grpc.address.items() {
        match split(&item.value) {
            Some((scheme, rest)) => scheme_of(sink, "grpc.address", item.span, scheme, rest),
            None => without(sink, item.span, &item.value),
        }
    }
    // This one may lack a scheme: host and port alone are TCP.
    if let Some(field) = grpc.debug_address.field()
        && let Some((scheme, rest)) = split(&field.value)
    {
        scheme_of(sink, "grpc.debugAddress", field.span, scheme, rest);
    }
}

fn without(sink: &mut Sink<'_>, span: Span, address: &str) {
    let finding = sink
        .report(
            span.inner(),
            format!("address `{address}` has no scheme, expected `unix://` or `tcp://`"),
        )
        .key("grpc.address")
        .label("no scheme")
        .note(
            "buildkitd reads the file, says that the address \"does not contain proto\" and exits",
        );
    if address.starts_with('/') && is_plain(address) {
        finding.help("put `unix://` in front of a path").fix(
            Fix::unsafe_("put `unix://` in front").replace(span, format!("\"unix://{address}\"")),
        );
    } else if host_port(address).is_some() {
        finding.help(format!("write `tcp://{address}`, with TLS if others reach the port"));
    } else {
        finding.help("write `unix:///path/of.sock` or `tcp://host:port`");
    }
}

fn scheme_of(sink: &mut Sink<'_>, key: &str, span: Span, scheme: &str, rest: &str) {
    if SCHEMES.contains(&scheme) {
        return;
    }
    let finding = sink
        .report(span.inner(), format!("buildkitd cannot listen on `{scheme}://`"))
        .key(key)
        .label("expected `unix://`, `tcp://` or `fd://`")
        .note("buildkitd reads the file, says that the address is \"not supported\" and exits");
    let lower = scheme.to_ascii_lowercase();
    if SCHEMES.contains(&lower.as_str()) && is_plain(rest) {
        finding.help("schemes are written in lower case").fix(
            Fix::unsafe_("write the scheme in lower case")
                .replace(span, format!("\"{lower}://{rest}\"")),
        );
    } else if lower.starts_with("http") && host_port(rest).is_some() {
        finding.help(format!("write `tcp://{rest}`; `[grpc.tls]` decides about TLS"));
        if is_plain(rest) {
            finding.fix(Fix::unsafe_("listen on TCP").replace(span, format!("\"tcp://{rest}\"")));
        }
    } else {
        finding.help("listen on `unix://` or `tcp://`");
    }
}

/// Whether a text can stand between double quotes as it is.
fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\\']) && !text.contains(char::is_control)
}
