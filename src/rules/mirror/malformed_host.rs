//! A mirror that is no host.

use crate::effective::Mirror;
use crate::hosts::{content, is_host, is_literal};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "malformed_host", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let host = &*mirror.host;
        if mirror.is_host() {
            continue;
        }
        let written = mirror.scheme.map(|(scheme, _)| scheme.to_ascii_lowercase());
        // Another protocol is the fault then, and has its own rule.
        // Where no string stands, the loader refuses the file for that.
        let string = context.source.slice(mirror.element.span).starts_with(['"', '\'']);
        if !string || written.is_some_and(|scheme| scheme != "http" && scheme != "https") {
            continue;
        }
        let bare = host.parse::<std::net::Ipv6Addr>().is_ok();
        let label = match host {
            "" => "empty",
            _ if host.trim() != host => "the space counts",
            _ if host.contains(char::is_whitespace) => "holds a space",
            _ if host.contains('*') => "taken literally, not as a wildcard",
            _ if bare => "an IPv6 address needs brackets",
            _ if host.starts_with('/') => "begins with a path",
            _ if host.contains('/') => "not read as host and path",
            _ => "no host with a port",
        };
        // What could not be taken apart may still hold credentials.
        let title = if mirror.element.value.contains('@') || host.is_empty() {
            "mirror is no host".to_owned()
        } else {
            format!("mirror `{}` is no host", mirror.element.value)
        };
        let inner = content(context.source, mirror.element.span);
        let finding = sink
            .report(
                if host.is_empty() { mirror.element.span } else { inner },
                format!("{title}, expected `host[:port][/path]`"),
            )
            .label(label)
            .note("each request to it fails, and buildkitd goes on with the next host");
        let trimmed = mirror.element.value.trim();
        if is_literal(context.source, mirror.element) && bare {
            finding.fix(Fix::unsafe_("put it in brackets").replace(inner, format!("[{host}]")));
        } else if is_literal(context.source, mirror.element)
            && trimmed != mirror.element.value
            && is_host(&Mirror::read(trimmed).host)
        {
            finding.fix(Fix::unsafe_("remove the space").replace(inner, trimmed));
        }
    }
}
