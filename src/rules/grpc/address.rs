//! What the rules of this group share: how buildkitd reads an address (`getListener` in
//! `cmd/buildkitd/main.go`), and what it opens.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::hash::HashMap;
use crate::model::{Config, Leaf, Tls};
use crate::report::Finding;
use crate::rules::Context;
use crate::source::Span;

/// What stands before and behind the first `://`.
pub(crate) fn split(address: &str) -> Option<(&str, &str)> {
    address.split_once("://")
}

/// Host and port as Go's `net.SplitHostPort` tells them apart.
pub(crate) fn host_port(address: &str) -> Option<(&str, &str)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    (!host.contains(['[', ']']) && !port.contains(['[', ']'])).then_some((host, port))
}

/// Whether only this machine reaches the host. An empty host is all interfaces.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.split_once('%').map_or(host, |(ip, _zone)| ip);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

/// The TCP addresses of the file that others reach, with their spans.
pub(crate) fn open_tcp<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (Span, &'a str)> {
    context.decoded.config.grpc.address.items().iter().filter_map(|item| {
        let (_, rest) = split(&item.value).filter(|(scheme, _)| *scheme == "tcp")?;
        let open = host_port(rest).is_some_and(|(host, _)| !is_loopback(host));
        open.then(|| (item.span.inner(), item.value.as_ref()))
    })
}

/// Which of `cert`, `key` and `ca` are set; none if one of them cannot be read. Empty is unset.
pub(crate) fn tls_files(tls: &Tls<'_>) -> Option<(bool, bool, bool)> {
    let set = |leaf: &Leaf<Cow<'_, str>>| match leaf {
        Leaf::Invalid(_) => None,
        _ => Some(!leaf.text().is_empty()),
    };
    Some((set(&tls.cert)?, set(&tls.key)?, set(&tls.ca)?))
}

/// A listener of the daemon.
#[derive(Clone, Copy)]
pub(crate) struct Listener<'a> {
    /// Which key opens it.
    pub key: &'static str,
    /// Where it is written.
    pub span: Span,
    /// As written.
    pub written: &'a str,
    /// What is opened.
    pub address: Address<'a>,
}

/// What is listened on.
#[derive(Clone, Copy)]
pub(crate) enum Address<'a> {
    /// A socket in the file system.
    Unix(&'a str),
    /// A named pipe of Windows; elsewhere a socket too.
    Pipe(&'a str),
    /// Host and port.
    Tcp(&'a str, &'a str),
    /// A socket that systemd has opened; what stands behind the scheme.
    Fd(&'a str),
}

impl<'a> Address<'a> {
    fn read(written: &'a str, bare_tcp: bool) -> Option<Self> {
        match split(written) {
            Some(("unix", path)) => Some(Self::Unix(path)),
            Some(("npipe", path)) => Some(Self::Pipe(path)),
            Some(("fd", rest)) => Some(Self::Fd(rest)),
            Some(("tcp", rest)) => host_port(rest).map(|(host, port)| Self::Tcp(host, port)),
            None if bare_tcp => host_port(written).map(|(host, port)| Self::Tcp(host, port)),
            _ => None,
        }
    }

    /// Whether both cannot be open at once, or are one file.
    pub fn clashes(&self, other: &Self) -> bool {
        let mut taken = Taken::default();
        taken.claim(0, self);
        taken.claim(1, other).is_some()
    }
}

/// Which addresses are taken, and by the how-manieth listener.
#[derive(Default)]
pub(crate) struct Taken {
    files: HashMap<PathBuf, usize>,
    ports: HashMap<u16, Port>,
    fd: Option<usize>,
}

/// Who listens on a port.
#[derive(Default)]
struct Port {
    first: Option<usize>,
    /// On all addresses of the machine.
    all: Option<usize>,
    hosts: HashMap<String, usize>,
}

impl Taken {
    /// Takes an address, and tells which listener has it already.
    pub fn claim(&mut self, at: usize, address: &Address<'_>) -> Option<usize> {
        match address {
            Address::Unix(path) | Address::Pipe(path) => claim(&mut self.files, normal(path), at),
            // The first one takes what systemd has passed on.
            Address::Fd(_) => {
                let before = self.fd;
                self.fd.get_or_insert(at);
                before
            }
            Address::Tcp(host, port) => {
                // Port 0 is another free port each time.
                let port = port.parse::<u16>().ok().filter(|&port| port != 0)?;
                let port = self.ports.entry(port).or_default();
                // Names are not resolved: a name is itself, and one of the addresses of all.
                let ip = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
                let own = ip.map_or_else(|| (*host).to_owned(), |ip| ip.to_string());
                let mut before = claim(&mut port.hosts, own, at).or(port.all);
                // Go listens on both families for any address that is unspecified.
                if host.is_empty() || ip.is_some_and(|ip| ip.is_unspecified()) {
                    before = before.or(port.first);
                    port.all.get_or_insert(at);
                }
                port.first.get_or_insert(at);
                before
            }
        }
    }
}

/// Who had the key before; if nobody, it is now `at`.
fn claim<K: Hash + Eq>(map: &mut HashMap<K, usize>, key: K, at: usize) -> Option<usize> {
    match map.entry(key) {
        Entry::Occupied(entry) => Some(*entry.get()),
        Entry::Vacant(entry) => {
            entry.insert(at);
            None
        }
    }
}

/// A path without what does not matter in it: `a//b` and `a/./b` are `a/b`.
fn normal(path: &str) -> PathBuf {
    Path::new(path).components().collect()
}

/// Whether two paths are one file as far as their text tells.
pub(crate) fn is_same_file(a: &str, b: &str) -> bool {
    normal(a) == normal(b)
}

/// All listeners in the order they are opened.
pub(crate) fn listeners<'a>(config: &'a Config<'_>) -> Vec<Listener<'a>> {
    let mut all = Vec::new();
    if let Some(field) = config.grpc.debug_address.field().filter(|field| !field.value.is_empty())
        && let Some(address) = Address::read(&field.value, true)
    {
        let key = "grpc.debugAddress";
        all.push(Listener { key, span: field.span, written: &field.value, address });
    }
    all.extend(config.grpc.address.items().iter().filter_map(|item| {
        let address = Address::read(&item.value, false)?;
        Some(Listener { key: "grpc.address", span: item.span, written: &item.value, address })
    }));
    if let Some(field) = config.otel.socket_path.field().filter(|field| !field.value.is_empty()) {
        let address = Address::Unix(&field.value);
        all.push(Listener {
            key: "otel.socketPath",
            span: field.span,
            written: &field.value,
            address,
        });
    }
    all
}

/// Marks the entitlements that whoever connects is granted.
pub(crate) fn mark_grants(context: &Context<'_>, finding: &mut Finding) {
    for item in context.decoded.config.insecure_entitlements.items() {
        let label = match item.value.as_ref() {
            "security.insecure" => "and may ask for privileged steps",
            "network.host" => "and may use the host's network",
            _ => continue,
        };
        finding.also(item.span.inner(), label);
    }
}
