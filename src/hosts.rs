//! What rules about registries and mirrors share: which hosts are public, which table was meant
//! for which mirror, and where a part of a written host stands.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};

use crate::edit::Layout;
use crate::effective::{Mirror, is_domain, is_localhost, split_port};
use crate::model::{Config, Element, Entry, Registry};
use crate::report::Fix;
use crate::source::{Source, Span};

/// Registries on the internet that serve HTTPS with certificates every system trusts.
const PUBLIC: &[&str] = &[
    "cgr.dev",
    "docker.elastic.co",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "index.docker.io",
    "lscr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "public.ecr.aws",
    "quay.io",
    "registry-1.docker.io",
    "registry.access.redhat.com",
    "registry.gitlab.com",
    "registry.k8s.io",
    "registry.redhat.io",
];

/// The same, below a domain.
const PUBLIC_BELOW: &[&str] = &[".amazonaws.com", ".azurecr.io", ".gcr.io", ".pkg.dev"];

/// Whether it is a registry on the internet that serves HTTPS.
#[must_use]
pub fn is_public(host: &str) -> bool {
    PUBLIC.contains(&host) || PUBLIC_BELOW.iter().any(|end| host.ends_with(end))
}

/// Domains that no public name server answers for.
const PRIVATE_BELOW: &[&str] = &[
    ".arpa",
    ".home",
    ".internal",
    ".intranet",
    ".lan",
    ".local",
    ".localdomain",
    ".localhost",
    ".svc",
    ".test",
];

/// Whether the host lies in a network of its own: no dot, a private address, a private domain.
#[must_use]
pub fn is_private(host: &str) -> bool {
    let name = split_port(host).0;
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, ..] = ip.octets();
            // 100.64.0.0/10 is shared address space, which overlay networks use.
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (a == 100 && b >> 6 == 1)
        }
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => {
            is_localhost(host)
                || !name.contains('.')
                || PRIVATE_BELOW.iter().any(|end| name.ends_with(end))
        }
    }
}

/// Every mirror, with the table that lists it.
pub fn mirrors<'a>(
    config: &'a Config<'a>,
) -> impl Iterator<Item = (&'a Entry<'a, Registry<'a>>, &'a Element<'a>)> {
    config.registry.iter().flat_map(|entry| entry.mirrors.items().iter().map(move |m| (entry, m)))
}

/// Whether an image reference can name the host: without a dot, a port or an upper-case letter,
/// `team/app` is an image on Docker Hub.
#[must_use]
pub fn is_named_by_images(name: &str) -> bool {
    let host = name.contains(['.', ':']) || name.chars().any(char::is_uppercase);
    is_domain(name) && (host || name == "localhost")
}

/// How a table misses the mirror it was meant for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Miss {
    /// It is named with a path or scheme.
    Decorated,
    /// It is named in other letter case.
    Case,
    /// It is named without the mirror's port, or with a port the mirror lacks.
    Port,
}

/// A mirror with the table that lists it and the host it is contacted at.
type Listed<'a> = (&'a Entry<'a, Registry<'a>>, &'a Element<'a>, String);

/// All mirrors by host, so that a file with thousands of tables is read in one go.
pub struct MirrorHosts<'a> {
    config: &'a Config<'a>,
    hosts: HashSet<String>,
    /// By [`bare_name`].
    listed: HashMap<String, Vec<Listed<'a>>>,
}

/// A host without port and letter case.
fn bare_name(host: &str) -> String {
    split_port(host).0.to_ascii_lowercase()
}

impl<'a> MirrorHosts<'a> {
    /// Reads all mirrors.
    #[must_use]
    pub fn new(config: &'a Config<'a>) -> Self {
        let mut all = Self { config, hosts: HashSet::new(), listed: HashMap::new() };
        for (entry, mirror) in mirrors(config) {
            let host = Mirror::read(&mirror.value).host;
            all.hosts.insert(host.clone());
            all.listed.entry(bare_name(&host)).or_default().push((entry, mirror, host));
        }
        all
    }

    /// Whether some mirror has its settings from the table of that name.
    #[must_use]
    pub fn served_by(&self, name: &str) -> bool {
        self.hosts.contains(name)
    }

    /// Who lists a mirror at that host, with the mirror as written.
    pub fn listing(&self, host: &str) -> impl Iterator<Item = (&'a str, &'a Element<'a>)> {
        let listed = self.listed.get(&bare_name(host)).into_iter().flatten();
        let same = listed.filter(move |(.., other)| other == host);
        same.map(|(lister, mirror, _)| (lister.name.as_ref(), *mirror))
    }

    /// Whether images or mirrors lead to a table of that name.
    #[must_use]
    pub fn lead_to(&self, name: &str) -> bool {
        is_named_by_images(name) || self.served_by(name)
    }

    /// The mirror that a table was meant for and misses.
    #[must_use]
    pub fn missed_by(
        &self,
        entry: &Entry<'_, Registry<'_>>,
    ) -> Option<(&'a Element<'a>, String, Miss)> {
        let name = &*entry.name;
        if self.served_by(name) {
            return None;
        }
        let options = !entry.http.is_absent()
            || !entry.insecure.is_absent()
            || !entry.ca.is_absent()
            || !entry.tlsconfigdir.is_absent()
            || !entry.keypair.is_empty();
        let plain = Mirror::read(name).host;
        self.listed.get(&bare_name(&plain))?.iter().find_map(|(lister, mirror, host)| {
            // A mirror with a table of its own lacks nothing.
            let served = self.config.registry.named(host).is_some();
            if !is_host(host) || served || &*lister.name == name {
                return None;
            }
            let miss = if name.contains('/') && plain == *host {
                Miss::Decorated
            } else if name.eq_ignore_ascii_case(host) {
                Miss::Case
            } else {
                let ((ours, port), (theirs, wanted)) = (split_port(name), split_port(host));
                // A table with mirrors is about a registry of its own.
                let meant = options && entry.mirrors.items().is_empty();
                if !meant || ours != theirs || port.is_some() == wanted.is_some() {
                    return None;
                }
                Miss::Port
            };
            Some((*mirror, host.clone(), miss))
        })
    }
}

/// Options beside `mirrors` that stay with the registry though its mirrors lack them: the mirrors
/// without a table that could be meant.
#[must_use]
pub fn stranded<'a>(
    config: &'a Config<'a>,
    entry: &'a Entry<'a, Registry<'a>>,
) -> Vec<&'a Element<'a>> {
    let plain = entry.http.is_true();
    // A client certificate may be for a private registry itself; no public one asks for it.
    let files = !entry.ca.items().is_empty()
        || is_public(&entry.name)
            && (!entry.keypair.is_empty() || !entry.tlsconfigdir.items().is_empty());
    if !plain && !entry.insecure.is_true() && !files {
        return Vec::new();
    }
    // The mirrors of a host that no image is named by are never asked.
    if !is_named_by_images(&entry.name) {
        return Vec::new();
    }
    let lacks = |mirror: &&Element<'_>| {
        let host = Mirror::read(&mirror.value).host;
        let https = mirror.value.to_ascii_lowercase().starts_with("https://");
        config.registry.named(&host).is_none()
            && is_host(&host)
            && !is_localhost(&host)
            && !is_public(&host)
            && host != crate::effective::DOCKER_HUB
            && !(https && plain)
    };
    entry.mirrors.items().iter().filter(lacks).collect()
}

/// Whether it is an address; an IPv6 address may name a zone.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let zoned =
        |(address, zone): (&str, &str)| !zone.is_empty() && address.parse::<Ipv6Addr>().is_ok();
    text.parse::<IpAddr>().is_ok() || text.split_once('%').is_some_and(zoned)
}

/// Whether a connection can be made to it at all.
#[must_use]
pub fn is_host(host: &str) -> bool {
    let (name, port) = split_port(host);
    let bad = |c: char| c.is_whitespace() || "/*:@\\\"".contains(c);
    let name_ok = match name.strip_prefix('[') {
        Some(_) => is_domain(name),
        None => !name.is_empty() && !name.contains(bad),
    };
    name_ok && port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok())
}

/// The scheme of a mirror as written, and the rest: `http`, `mirror:5000`.
#[must_use]
pub fn scheme(written: &str) -> Option<(&str, &str)> {
    written.split_once("://").filter(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// What stands between the quotes of a key or value.
#[must_use]
pub fn content(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let Some(quote) = quotes.into_iter().find(|quote| text.starts_with(quote)) else { return span };
    let length = u32::try_from(quote.len()).unwrap_or(1);
    if span.end - span.start < 2 * length {
        return span;
    }
    Span::new(span.start + length, span.end - length)
}

/// A part of a value; all of it where escapes hide the part.
#[must_use]
pub fn part(source: &Source, element: &Element<'_>, start: usize, length: usize) -> Span {
    let inner = content(source, element.span);
    if source.slice(inner) != element.value {
        return inner;
    }
    let offset = |n: usize| inner.start + u32::try_from(n).unwrap_or(0);
    Span::new(offset(start), offset(start + length))
}

/// Whether the text between the quotes is the value itself, so that a part of it can be edited.
#[must_use]
pub fn is_literal(source: &Source, element: &Element<'_>) -> bool {
    source.slice(content(source, element.span)) == element.value
}

/// Gives a table another name everywhere.
#[must_use]
pub fn rename(fix: Fix, entry: &Entry<'_, Registry<'_>>, name: &str) -> Fix {
    entry.places.iter().fold(fix, |fix, &place| fix.replace(place, format!("\"{name}\"")))
}

/// Takes a mirror out; with the last one go the key and a table that holds nothing else.
#[must_use]
pub fn remove_mirror(
    layout: &Layout<'_>,
    entry: &Entry<'_, Registry<'_>>,
    mirror: &Element<'_>,
    title: &str,
) -> Option<Fix> {
    let (fix, field) = (Fix::unsafe_(title), entry.mirrors.field()?);
    if field.value.len() > 1 {
        return fix.remove_element(layout, mirror.span);
    }
    let table = fix.clone().remove_table(layout, field.key);
    table.or_else(|| fix.remove_pair(layout, field.key))
}
