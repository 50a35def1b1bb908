//! A registry of this machine that is not taken for one.

use crate::decode::dotted;
use crate::effective::{Endpoint, Tls, origin, split_port};
use crate::hosts::content;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("registry", "local_over_https", check);

/// Names of the machine itself, or of the one around the container.
const LOCAL: [&str; 4] =
    ["0.0.0.0", "host.docker.internal", "host.containers.internal", "gateway.docker.internal"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        for mirror in table.mirrors.iter().filter(|mirror| is_local(mirror)) {
            report(context, sink, mirror, mirror.element.span);
        }
        let origin = origin(&entry.name, Some(entry));
        if is_local(&origin) {
            report(context, sink, &origin, entry.key);
        }
    }
}

fn is_local(host: &Endpoint<'_>) -> bool {
    if !LOCAL.iter().any(|name| host.host.starts_with(name)) {
        return false;
    }
    let (name, port) = split_port(&host.host);
    // Files for TLS tell that there is TLS.
    let files = host.block.is_some_and(|block| {
        !block.ca.is_absent() || !block.tlsconfigdir.is_absent() || !block.keypair.is_empty()
    });
    LOCAL.contains(&name)
        && !matches!(port, Some("443" | "8443"))
        && matches!(host.tls, Tls::Verified)
        && host.block.is_none_or(|block| block.http.is_absent())
        && !files
}

fn report(context: &Context<'_>, sink: &mut Sink<'_>, host: &Endpoint<'_>, span: Span) {
    let name = &host.host;
    let finding = sink
        .report(content(context.source, span), format!("`{name}` is contacted over HTTPS"))
        .label("not taken for localhost")
        .note(
            "buildkitd speaks plain HTTP by itself to `localhost`, 127.0.0.0/8 and ::1 only; a \
             registry without TLS ends in \"server gave HTTP response to HTTPS client\"",
        )
        .help("allow HTTP in its own table if the registry has no TLS");
    let plain = host.mirror.is_none_or(|mirror| mirror.value == host.host);
    if host.block.is_none() && plain {
        let (fix, header) = (Fix::unsafe_("allow HTTP"), dotted(["registry", name]));
        finding.fix(fix.add_table(&context.layout, Some(span), &header, &[("http", "true")]));
    }
}
