//! What buildkitd makes of the registry tables: which hosts it asks for an image, in which order,
//! and with whose settings.
//!
//! Facts are upstream's `util/resolver` (`NewRegistryConfig`, `fillInsecureOpts`,
//! `extractMirrorHostAndPath`), Go's `net/url` and `distribution/reference`.

use std::net::IpAddr;

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
    pub host: String,
    /// The path of the API, such as `/v2` or `/v2/proxy`.
    pub path: String,
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
pub fn endpoints<'a>(config: &'a Config<'a>, domain: &str) -> Vec<Endpoint<'a>> {
    let block = config.registry.named(domain);
    let origin = if domain == DOCKER_HUB { DOCKER_HUB_HOST } else { domain };
    let mut hosts = Vec::new();
    for mirror in block.map_or(&[][..], |block| block.mirrors.items()) {
        let Mirror { host, path } = Mirror::read(&mirror.value);
        // A mirror has the settings of its own table, never of the one that lists it.
        let block = config.registry.named(&host);
        hosts.push(Endpoint {
            tls: tls(block.map(|block| &block.body), &host),
            host,
            path,
            push: false,
            pull: true,
            resolve: true,
            referrers: false,
            block,
            mirror: Some(mirror),
        });
    }
    hosts.push(Endpoint {
        tls: tls(block.map(|block| &block.body), origin),
        host: origin.to_owned(),
        path: "/v2".to_owned(),
        push: true,
        pull: true,
        resolve: true,
        // Upstream's own list of hosts, made as soon as there is a table, leaves this ability out.
        referrers: block.is_none(),
        block,
        mirror: None,
    });
    hosts
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

/// A mirror as buildkitd understands it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mirror {
    /// Host, with its port if one is written; the whole text if it is no address at all.
    pub host: String,
    /// The path of the API there.
    pub path: String,
}

impl Mirror {
    /// `extractMirrorHostAndPath`: scheme, user, query and fragment are dropped.
    #[must_use]
    pub fn read(written: &str) -> Self {
        let found = |url: Option<(String, String)>| url.filter(|(host, _)| !host.is_empty());
        let (host, path) = found(go_url(written))
            .or_else(|| found(go_url(&format!("//{written}"))))
            .unwrap_or_else(|| (written.to_owned(), String::new()));
        Self { host, path: join("/v2", &path) }
    }

    /// The host without its port.
    #[must_use]
    pub fn name(&self) -> &str {
        split_port(&self.host).0
    }
}

/// Splits a port off a host; an IPv6 address keeps its brackets.
#[must_use]
pub fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port))
            if !port.contains(']') && (name.ends_with(']') || !name.contains(':')) =>
        {
            (name, Some(port))
        }
        _ => (host, None),
    }
}

/// Host and path of Go's `url.Parse`; none where it refuses the text.
fn go_url(text: &str) -> Option<(String, String)> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return None;
    }
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    unescape(fragment)?;
    let (scheme, rest) = scheme(text)?;
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    if !rest.starts_with('/') {
        // `host:5000` is a scheme and something opaque; a colon in the first part is refused.
        let colon = rest.split('/').next().is_some_and(|first| first.contains(':'));
        return (scheme || !colon).then(|| (String::new(), String::new()));
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) if scheme || !rest.starts_with('/') => {
            rest.split_at(rest.find('/').unwrap_or(rest.len()))
        }
        _ => ("", rest),
    };
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
            if !user.chars().all(allowed) {
                return None;
            }
            unescape(user)?;
            host
        }
        None => authority,
    };
    Some((go_host(host)?, unescape(path)?))
}

/// Whether a scheme stands in front, and what follows it.
fn scheme(text: &str) -> Option<(bool, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((true, text.get(at + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Some((false, text))
}

/// Go's `parseHost`.
fn go_host(host: &str) -> Option<String> {
    let port = if host.starts_with('[') {
        host.rsplit_once(']')?.1
    } else {
        host.rfind(':').and_then(|at| host.get(at..)).unwrap_or_default()
    };
    let digits = port.strip_prefix(':').map(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if !port.is_empty() && digits != Some(true) {
        return None;
    }
    let refused = |c: char| {
        c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.~!$&'()*+,;=:[]<>\"".contains(c)
    };
    if host.chars().any(refused) { None } else { Some(host.to_owned()) }
}

/// Resolves `%41`; none where an escape is malformed.
fn unescape(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        out.push(u8::from_str_radix(hex, 16).ok()?);
        out.extend_from_slice(part.get(2..)?.as_bytes());
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// Go's `path.Join`.
fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// An image reference, normalised as docker does it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Host, with its port if one is written: the key that registry tables are looked up by.
    pub domain: String,
    /// The repository.
    pub path: String,
}

/// Reads an image reference.
///
/// # Errors
/// Why it is none, in docker's words.
pub fn parse_reference(text: &str) -> Result<Reference, String> {
    const INVALID: &str = "invalid reference format";
    if text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!(
            "invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
        ));
    }
    let (domain, rest) = match text.split_once('/') {
        Some(("index.docker.io", rest)) => (DOCKER_HUB, rest),
        Some((first, rest))
            if first == "localhost"
                || first.contains(['.', ':'])
                || first.chars().any(char::is_uppercase) =>
        {
            (first, rest)
        }
        _ => (DOCKER_HUB, text),
    };
    let rest = if domain == DOCKER_HUB && !rest.contains('/') {
        format!("library/{rest}")
    } else {
        rest.to_owned()
    };
    let remote = rest.split(':').next().unwrap_or_default();
    if remote.chars().any(char::is_uppercase) {
        return Err(format!("{INVALID}: repository name ({remote}) must be lowercase"));
    }
    let (name, digest) = rest.split_once('@').map_or((&*rest, None), |(a, b)| (a, Some(b)));
    let (path, tag) = name.split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
    let good = is_domain(domain)
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    if !good {
        return Err(INVALID.to_owned());
    }
    if path.len() > 255 {
        return Err("repository name must not be more than 255 characters".to_owned());
    }
    Ok(Reference { domain: domain.to_owned(), path: path.to_owned() })
}

/// Whether references can name such a host; otherwise no table of that name is ever looked up
/// for an image.
#[must_use]
pub fn is_domain(domain: &str) -> bool {
    let (host, port) = split_port(domain);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = match address {
        Some(inner) => {
            !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }
        None => host.split('.').all(label),
    };
    host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// A part of a repository's path: lower-case words with single separators between them.
fn is_component(part: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = part.bytes().next().is_some_and(word) && part.bytes().next_back().is_some_and(word);
    ends && part
        .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_are_read_as_urls() {
        for (written, host, path) in [
            ("m:5000", "m:5000", "/v2"),
            ("m/proxy/", "m", "/v2/proxy"),
            ("ftp://m", "m", "/v2"),
            ("m/v2/hub", "m", "/v2/v2/hub"),
            ("user:pw@m/x?ns=1#f", "m", "/v2/x"),
            ("", "", "/v2"),
            (" m", " m", "/v2"),
            ("m:abc", "m:abc", "/v2"),
            ("http:m", "http:m", "/v2"),
            ("/m", "/m", "/v2"),
            ("unix:///run/x.sock", "unix:", "/v2/run/x.sock"),
            ("10.0.0.1:5000/a/../b", "10.0.0.1:5000", "/v2/b"),
            ("[::1]:5000", "[::1]:5000", "/v2"),
        ] {
            let mirror = Mirror { host: host.into(), path: path.into() };
            assert_eq!(Mirror::read(written), mirror, "{written}");
        }
    }

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
