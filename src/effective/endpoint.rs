//! Which hosts are asked for an image, in which order, and with whose settings.
//!
//! Facts are upstream's `util/resolver` (`NewRegistryConfig`, `fillInsecureOpts`).

use std::borrow::Cow;
use std::net::IpAddr;

use super::mirror::Mirror;
use crate::model::{Config, Element, Entry, Registry};

/// Docker Hub, as references name it.
pub const DOCKER_HUB: &str = "docker.io";
/// Docker Hub, as it is contacted.
pub const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// How the server at the other end proves who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tls {
    /// Its certificate is verified.
    Verified,
    /// Any certificate will do.
    Unverified,
    /// Any certificate will do, and if there is no TLS, plain text.
    UnverifiedOrPlain,
    /// Plain text.
    Plain,
}

/// A host that is asked for an image.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "abilities, as upstream has them")]
pub struct Endpoint<'a> {
    /// Host, with its port if one is written.
    pub host: Cow<'a, str>,
    /// The path of the API, such as `/v2` or `/v2/proxy`.
    pub path: Cow<'a, str>,
    /// Verification, and with it the scheme.
    pub tls: Tls,
    /// Images are pushed to it.
    pub push: bool,
    /// Images are pulled from it.
    pub pull: bool,
    /// Tags are looked up there.
    pub resolve: bool,
    /// Signatures and attestations can be found by its referrers API.
    pub referrers: bool,
    /// The table whose settings it has; none means defaults.
    pub block: Option<&'a Entry<'a, Registry<'a>>>,
    /// The mirror as written; none for the registry itself.
    pub mirror: Option<&'a Element<'a>>,
}

impl Endpoint<'_> {
    /// `https` or `http`: what is tried first.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if matches!(self.tls, Tls::Plain) { "http" } else { "https" }
    }

    /// The address of its API.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme(), self.host, self.path)
    }
}

/// The hosts that are asked for images of `domain`, in the order they are tried.
#[must_use]
pub fn endpoints<'a>(config: &'a Config<'a>, domain: &'a str) -> Vec<Endpoint<'a>> {
    let block = config.registry.named(domain);
    let mirrors = block.map_or(&[][..], |block| block.mirrors.items());
    let mirrors = mirrors.iter().map(|mirror| {
        let read = Mirror::read(&mirror.value);
        let block = config.registry.named(&read.host);
        mirrored(mirror, read, block)
    });
    mirrors.chain([origin(domain, block)]).collect()
}

/// The registry itself, which is asked last; `block` is its table.
#[must_use]
pub fn origin<'a>(domain: &'a str, block: Option<&'a Entry<'a, Registry<'a>>>) -> Endpoint<'a> {
    let host = if domain == DOCKER_HUB { DOCKER_HUB_HOST } else { domain };
    Endpoint {
        tls: tls(block.map(|block| &block.body), host),
        host: host.into(),
        path: "/v2".into(),
        push: true,
        pull: true,
        resolve: true,
        // Upstream's own list of hosts, made as soon as there is a table, leaves this ability out.
        referrers: block.is_none(),
        block,
        mirror: None,
    }
}

/// The host that is asked for a mirror, as it was read. It has the settings of its own table,
/// `block`, never of the one that lists it.
#[must_use]
pub fn mirrored<'a>(
    mirror: &'a Element<'a>,
    read: Mirror<'a>,
    block: Option<&'a Entry<'a, Registry<'a>>>,
) -> Endpoint<'a> {
    let Mirror { host, path, .. } = read;
    Endpoint {
        tls: tls(block.map(|block| &block.body), &host),
        host,
        path,
        push: false,
        pull: true,
        resolve: true,
        referrers: false,
        block,
        mirror: Some(mirror),
    }
}

/// `fillInsecureOpts`: what `http` and `insecure` amount to.
fn tls(block: Option<&Registry<'_>>, host: &str) -> Tls {
    let http = block.and_then(|block| block.http.get().copied());
    let insecure = block.is_some_and(|block| block.insecure.is_true());
    let plain = http.unwrap_or_else(|| is_localhost(host));
    match (insecure, plain) {
        (true, true) => Tls::UnverifiedOrPlain,
        (true, false) => Tls::Unverified,
        (false, true) => Tls::Plain,
        (false, false) => Tls::Verified,
    }
}

/// `MatchLocalhost`: hosts that speak plain text unless told otherwise.
#[must_use]
pub fn is_localhost(host: &str) -> bool {
    if matches!(host, "::1" | "[::1]") {
        return true;
    }
    // Few hosts are worth a closer look.
    if !host.starts_with(|c: char| c.is_ascii_digit() || c == '[' || c == 'l') {
        return false;
    }
    let name = if let Some(rest) = host.strip_prefix('[') {
        // A bracketed address counts only with a port.
        match rest.split_once(']') {
            Some((name, port)) if port.len() > 1 && port.starts_with(':') => name,
            _ => return false,
        }
    } else {
        match host.split_once(':') {
            None => host,
            Some((_, port)) if port.is_empty() || port.contains(':') => return false,
            Some((name, _)) => name,
        }
    };
    let address = || name.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    name == "localhost" || address().is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_what_containerd_takes_for_it() {
        for host in ["localhost", "localhost:1", "127.9.9.9", "::1", "[::1]", "[::1]:5"] {
            assert!(is_localhost(host), "{host}");
        }
        for host in ["LOCALHOST", "0.0.0.0", "host.docker.internal:5000", "localhost:", "a.b"] {
            assert!(!is_localhost(host), "{host}");
        }
    }
}
