//! A registry of this machine that is not taken for one.

use std::collections::BTreeMap;

use crate::decode::dotted;
use crate::effective::{Endpoint, Tls, origin, split_port};
use crate::hosts::{Listed, content};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("registry", "local_over_https", check);

/// Names of the machine itself, or of the one around the container.
const LOCAL: [&str; 4] =
    ["0.0.0.0", "host.docker.internal", "host.containers.internal", "gateway.docker.internal"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // All that is asked at one host is one fault, and its table is the place to mend it.
    let mut hosts = Hosts::default();
    for table in context.mirrors().tables() {
        for mirror in table.mirrors.iter().filter(|mirror| is_local(mirror)) {
            hosts.entry(mirror.host.to_string()).or_default().1.push(mirror);
        }
        let origin = origin(&table.entry.name, Some(table.entry));
        if is_local(&origin) {
            hosts.entry(origin.host.into_owned()).or_default().0 = Some(table.entry.key);
        }
    }
    for (host, (table, mirrors)) in &hosts {
        report(context, sink, host, *table, mirrors);
    }
}

/// The table of each host, and the mirrors there.
type Hosts<'c> = BTreeMap<String, (Option<Span>, Vec<&'c Listed<'c>>)>;

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

fn report(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    host: &str,
    table: Option<Span>,
    mirrors: &[&Listed<'_>],
) {
    let places = table.into_iter().chain(mirrors.iter().map(|mirror| mirror.element.span));
    let mut places = places.map(|span| content(context.source, span));
    let Some(first) = places.next() else { return };
    let finding = sink
        .report(first, format!("`{host}` is contacted over HTTPS"))
        .label("not taken for localhost")
        .note(
            "buildkitd speaks plain HTTP by itself to `localhost`, 127.0.0.0/8 and ::1 only; a \
             registry without TLS ends in \"server gave HTTP response to HTTPS client\"",
        )
        .help("allow HTTP in its own table if the registry has no TLS");
    for place in places {
        finding.also(place, "asked here as a mirror");
    }
    let (fix, pair) = (Fix::unsafe_("allow HTTP"), [("http", "true")]);
    if table.is_some() {
        let fix = fix.add_pairs(&context.layout, &["registry", host], &pair);
        fix.map(|fix| finding.fix(fix));
    } else if mirrors
        .iter()
        .any(|mirror| mirror.block.is_none() && mirror.element.value == mirror.host)
    {
        let after = mirrors.first().map(|mirror| mirror.element.span);
        let header = dotted(["registry", host]);
        finding.fix(fix.add_table(&context.layout, after, &header, &pair));
    }
}
