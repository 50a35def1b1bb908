//! The way of an image, for people.

use super::show::wrapped;
use crate::effective::Tls;
use crate::route::{Host, Route};

/// Hosts in order, each with what holds for it and which line says so.
#[must_use]
pub fn human(route: &Route, file: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        let body = text.trim_start();
        let (lead, _) = text.split_at(text.len() - body.len());
        wrapped(&mut out, lead, body, width);
    };
    if let Some(reference) = &route.reference {
        line(&format!("{} is {}/{}", route.text, reference.domain, reference.path));
    }
    if let Some(error) = &route.error {
        let text = error.strip_prefix("reference: ");
        match text {
            Some(text) => line(&format!("{} is no image: {text}", route.text)),
            None => {
                line("no host is asked, because buildkitd gives up over a file:");
                line(&format!("  {error}"));
            }
        }
        return out;
    }
    for (host, number) in route.hosts.iter().zip(1..) {
        line("");
        line(&format!("{number}. {}", host.url));
        for text in facts(host, file) {
            line(&format!("   {text}"));
        }
    }
    line("");
    for (at, table) in &route.misses {
        line(&format!("{file}:{at} has {table}, which is not looked up for this image."));
    }
    if route.hosts.len() > 1 {
        line("A host that fails or does not have the image gives way to the next one.");
        line("Tokens are asked for by the client of the build; if buildkitd has to ask,");
        line("it does so for every host with the certificates and checks of host 1.");
    }
    if !route.unchecked.is_empty() {
        line(&format!("not looked at: {}", route.unchecked.join(", ")));
    }
    out
}

fn facts(host: &Host, file: &str) -> Vec<String> {
    let mut facts = Vec::new();
    facts.push(match (host.mirror, host.line) {
        (true, Some(line)) => format!("a mirror, {file}:{line}; pulls only"),
        (_, Some(line)) => format!("the registry itself, {file}:{line}; pulls and pushes"),
        (_, None) => "the registry itself, without a table in the file; pulls and pushes".into(),
    });
    if host.mirror {
        facts.push(match host.settings {
            Some(line) => format!("settings of its own table, {file}:{line}"),
            None => "no table of its own, so default settings".to_owned(),
        });
    }
    facts.push(
        match host.tls {
            Tls::Verified => "its certificate is verified",
            Tls::Unverified => "any certificate will do",
            Tls::UnverifiedOrPlain => "any certificate will do; without TLS, plain text",
            Tls::Plain => "plain text, no certificate",
        }
        .to_owned(),
    );
    let idle = if host.tls == Tls::Verified { "" } else { " (read, and of no use)" };
    facts.extend(host.ca.iter().map(|ca| format!("authorities of the system, and {ca}{idle}")));
    facts.extend(host.client_certs.iter().map(|cert| format!("shows the certificate {cert}")));
    facts
}
