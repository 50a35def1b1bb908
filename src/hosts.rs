//! What rules about registries and mirrors share: which hosts are public, which table was meant
//! for which mirror, and where a part of a written host stands.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Deref;

use crate::edit::Layout;
use crate::effective::{Endpoint, Mirror, is_domain, is_localhost, mirrored, split_port};
use crate::hash::{HashMap, Secret};
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

/// Whether an image reference can name the host: without a dot, a port or an upper-case letter,
/// `team/app` is an image on Docker Hub.
#[must_use]
pub fn is_named_by_images(name: &str) -> bool {
    // All other letters are none of a domain.
    let host = |byte: u8| matches!(byte, b'.' | b':' | b'A'..=b'Z');
    is_domain(name) && (name.bytes().any(host) || name == "localhost")
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

/// A mirror with the table that lists it, and the host that is asked for it.
pub struct Listed<'a> {
    /// The table that lists it.
    pub entry: &'a Entry<'a, Registry<'a>>,
    /// The mirror as written.
    pub element: &'a Element<'a>,
    /// Its scheme as written, and what follows it; see [`scheme`].
    pub scheme: Option<(&'a str, &'a str)>,
    endpoint: Endpoint<'a>,
    /// See [`Mirror::plain`].
    plain: bool,
    /// The next mirror with the same [`bare_name`].
    next: Option<usize>,
}

impl<'a> Deref for Listed<'a> {
    type Target = Endpoint<'a>;
    fn deref(&self) -> &Self::Target {
        &self.endpoint
    }
}

impl Listed<'_> {
    /// As [`is_host`] of its host.
    #[must_use]
    pub fn is_host(&self) -> bool {
        self.plain || is_host(&self.host)
    }
}

/// The tables of registries with all mirrors, each read once, so that a file with thousands of
/// them is read in one go.
pub struct Mirrors<'a> {
    config: &'a Config<'a>,
    /// In the order of the text.
    all: Vec<Listed<'a>>,
    /// Of each table.
    groups: Vec<Group>,
    /// The first and the last mirror of that name.
    near: Vec<Option<(usize, usize)>>,
}

/// What a table has in common with others.
struct Group {
    /// Its number in [`Mirrors::near`]: tables with the same [`bare_name`] share one.
    number: usize,
    /// Letters of its host are upper case.
    upper: bool,
}

/// A host without port and letter case.
fn bare_name<'m>(mirror: &'m Mirror<'_>) -> Cow<'m, str> {
    let name = mirror.name();
    if mirror.upper { name.to_ascii_lowercase().into() } else { name.into() }
}

impl<'a> Mirrors<'a> {
    /// Reads all mirrors.
    #[must_use]
    pub fn new(config: &'a Config<'a>) -> Self {
        let tables = &config.registry;
        let mut names = HashMap::with_capacity_and_hasher(tables.len(), Secret::default());
        let group = |entry: &'a Entry<'a, Registry<'a>>| {
            let read = Mirror::read(&entry.name);
            let name = match (bare_name(&read), &read.host) {
                (Cow::Borrowed(name), Cow::Borrowed(host)) => {
                    host.get(..name.len()).unwrap_or(host).into()
                }
                (name, _) => Cow::Owned(name.into_owned()),
            };
            let fresh = names.len();
            Group { number: *names.entry(name).or_insert(fresh), upper: read.upper }
        };
        let groups: Vec<_> = tables.iter().map(group).collect();
        let near = vec![None; names.len()];
        let count = tables.iter().map(|entry| entry.mirrors.items().len()).sum();
        let mut mirrors = Self { config, all: Vec::with_capacity(count), groups, near };
        for entry in tables.iter() {
            for element in entry.mirrors.items() {
                let read = Mirror::read(&element.value);
                let group = names.get(&bare_name(&read)).copied();
                mirrors.add(entry, element, read, group);
            }
        }
        mirrors
    }

    /// Adds a mirror that is near to the tables of a group.
    fn add(
        &mut self,
        entry: &'a Entry<'a, Registry<'a>>,
        element: &'a Element<'a>,
        read: Mirror<'a>,
        group: Option<usize>,
    ) {
        let at = self.all.len();
        let plain = read.plain;
        let scheme = if plain { None } else { scheme(&element.value) };
        // A table of that very name is near as well.
        let block = group.and_then(|_| self.config.registry.named(&read.host));
        let endpoint = mirrored(element, read, block);
        self.all.push(Listed { entry, element, scheme, endpoint, plain, next: None });
        if let Some(ends) = group.and_then(|group| self.near.get_mut(group)) {
            let first = match *ends {
                None => at,
                Some((first, last)) => {
                    self.all[last].next = Some(at);
                    first
                }
            };
            *ends = Some((first, at));
        }
    }

    /// In the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Listed<'a>> {
        self.all.iter()
    }

    /// Those that are written with more than host, port and path, or are no host. How a mirror is
    /// written matters for these alone.
    pub fn decorated(&self) -> impl Iterator<Item = &Listed<'a>> {
        self.all.iter().filter(|listed| !listed.plain)
    }

    /// All registries' tables, in the order of the text.
    pub fn tables(&self) -> impl Iterator<Item = RegistryTable<'_, 'a>> {
        let mut rest = &*self.all;
        self.config.registry.iter().zip(&self.groups).map(move |(entry, group)| {
            let (mirrors, others) = rest.split_at(entry.mirrors.items().len());
            rest = others;
            let near = self.near.get(group.number).copied().flatten().map(|(first, _)| first);
            RegistryTable { entry, mirrors, upper: group.upper, all: &self.all, near }
        })
    }
}

/// A registry's table, and what mirrors have to do with it.
#[derive(Clone, Copy)]
pub struct RegistryTable<'m, 'a> {
    /// The table.
    pub entry: &'a Entry<'a, Registry<'a>>,
    /// The mirrors that it lists.
    pub mirrors: &'m [Listed<'a>],
    /// Letters of its host are upper case.
    pub upper: bool,
    all: &'m [Listed<'a>],
    /// The first mirror at its host, whatever port and letter case.
    near: Option<usize>,
}

impl<'m, 'a> RegistryTable<'m, 'a> {
    fn near(&self) -> impl Iterator<Item = &'m Listed<'a>> + use<'m, 'a> {
        let all = self.all;
        let first = self.near.and_then(|at| all.get(at));
        std::iter::successors(first, |listed| listed.next.and_then(|at| all.get(at)))
    }

    /// Mirrors at just its host, whoever lists them: those that have their settings from it.
    pub fn served(&self) -> impl Iterator<Item = &'m Listed<'a>> + use<'m, 'a> {
        let name = &*self.entry.name;
        self.near().filter(move |listed| listed.host == name)
    }

    /// Whether some mirror has its settings from it.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.served().next().is_some()
    }

    /// Whether images or mirrors lead to it.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        is_named_by_images(&self.entry.name) || self.serves()
    }

    /// The mirror that it was meant for and misses.
    #[must_use]
    pub fn misses(&self) -> Option<(&'m Listed<'a>, Miss)> {
        let (entry, name) = (self.entry, &*self.entry.name);
        if self.near.is_none() || self.serves() {
            return None;
        }
        let options = !entry.http.is_absent()
            || !entry.insecure.is_absent()
            || !entry.ca.is_absent()
            || !entry.tlsconfigdir.is_absent()
            || !entry.keypair.is_empty();
        let plain = Mirror::read(name).host;
        self.near().find_map(|listed| {
            let host = &*listed.host;
            // A mirror with a table of its own lacks nothing.
            if !listed.is_host() || listed.block.is_some() || &*listed.entry.name == name {
                return None;
            }
            let miss = if name.contains('/') && plain == host {
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
            Some((listed, miss))
        })
    }

    /// Options beside `mirrors` that stay with the registry though its mirrors lack them: the
    /// mirrors without a table that could be meant.
    #[must_use]
    pub fn stranded(&self) -> Vec<&'m Listed<'a>> {
        let entry = self.entry;
        let plain = entry.http.is_true();
        // A client certificate may be for a private registry itself; no public one asks for it.
        let files = !entry.ca.items().is_empty()
            || (!entry.keypair.is_empty() || !entry.tlsconfigdir.items().is_empty())
                && is_public(&entry.name);
        if !plain && !entry.insecure.is_true() && !files {
            return Vec::new();
        }
        // The mirrors of a host that no image is named by are never asked.
        if !is_named_by_images(&entry.name) {
            return Vec::new();
        }
        let lacks = |mirror: &&Listed<'_>| {
            let host = &*mirror.host;
            let https =
                mirror.scheme.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"));
            mirror.block.is_none()
                && mirror.is_host()
                && !is_localhost(host)
                && !is_public(host)
                && host != crate::effective::DOCKER_HUB
                && !(https && plain)
        };
        self.mirrors.iter().filter(lacks).collect()
    }
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
    let bad = |c: char| c.is_whitespace() || matches!(c, '/' | '*' | ':' | '@' | '\\' | '"');
    let name_ok = if name.starts_with('[') {
        is_domain(name)
    } else {
        !name.is_empty() && !name.contains(bad)
    };
    name_ok && port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok())
}

/// The scheme of a mirror as written, and the rest: `http`, `mirror:5000`.
#[must_use]
pub fn scheme(written: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = written.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(word);
    good.then_some((scheme, rest))
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
    title: &'static str,
) -> Option<Fix> {
    let (fix, field) = (Fix::unsafe_(title), entry.mirrors.field()?);
    if field.value.len() > 1 {
        return fix.remove_element(layout, mirror.span);
    }
    let table = fix.clone().remove_table(layout, field.key);
    table.or_else(|| fix.remove_pair(layout, field.key))
}
