//! One form for values and for what they are compared with, however they are written.

use std::borrow::Cow;
use std::net::IpAddr;

use super::pattern::{Facet, Target};
use crate::effective::{DOCKER_HUB, Mirror, parse_reference, split_port};
use crate::model::Data;
use crate::schema::Key;

/// Brings a value into the form in which it counts.
pub fn value(key: &Key, data: &mut Data<'_>) {
    let settle = |written: &mut Cow<'_, str>| {
        if let Some(normal) = text(key.name, written) {
            *written = Cow::Owned(normal);
        }
    };
    match data {
        Data::List(items) => items.iter_mut().for_each(settle),
        Data::Text(written) => settle(written),
        // No limit is more than any.
        Data::Int(number) if *number <= 0 && key.name == "max-parallelism" => *number = i64::MAX,
        _ => {}
    }
}

fn owned(key: &str, written: &str) -> String {
    text(key, written).unwrap_or_else(|| written.to_owned())
}

/// A string of a key as buildkitd reads it; none if it takes it as it is.
fn text(key: &str, written: &str) -> Option<String> {
    Some(match key {
        "mirrors" if is_plain(written) => return None,
        "mirrors" => {
            let mirror = Mirror::read(written);
            let path = mirror.path.strip_prefix("/v2").unwrap_or(&mirror.path);
            format!("{}{path}", authority(&mirror.host))
        }
        "allowedRepositories" => parse_reference(written).map_or_else(
            |_| written.to_owned(),
            |read| format!("{}/{}", authority(&read.domain), read.path),
        ),
        "address" | "debugAddress" => return address(written, key == "debugAddress"),
        // logrus takes any letter case, and two words for one level.
        "level" => match written.to_ascii_lowercase().as_str() {
            "warning" => "warn".to_owned(),
            level => level.to_owned(),
        },
        "platforms" => platform(written),
        "nameservers" => host(written).into_owned(),
        _ => return None,
    })
}

/// An address to listen at; `tcp` if it is TCP without a scheme. None if it has that form.
fn address(written: &str, tcp: bool) -> Option<String> {
    let rest = written.strip_prefix("tcp://");
    if rest.is_none() && (!tcp || written.contains("://")) {
        return None;
    }
    match authority(rest.unwrap_or(written)) {
        Cow::Borrowed(_) if rest.is_some() => None,
        authority => Some(format!("tcp://{authority}")),
    }
}

/// `host:port` in one form.
fn authority(written: &str) -> Cow<'_, str> {
    let (name, port) = split_port(written);
    if is_plain(name) {
        return Cow::Borrowed(written);
    }
    let mut name = host(name).into_owned();
    if name.contains(':') && written.starts_with('[') {
        name = format!("[{name}]");
    }
    port.map_or_else(|| name.clone(), |port| format!("{name}:{port}")).into()
}

/// Whether it is a host in the form in which hosts count.
fn is_plain(written: &str) -> bool {
    let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    !written.is_empty() && !written.ends_with('.') && written.bytes().all(plain)
}

/// A host without letter case, brackets and the dot that ends a full name; of the many ways to
/// write an IP address the shortest.
#[must_use]
pub fn host(written: &str) -> Cow<'_, str> {
    if is_plain(written) {
        return Cow::Borrowed(written);
    }
    let bare = written.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let bare = bare.unwrap_or(written);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string().into(),
        Err(_) => bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase().into(),
    }
}

/// `Normalize` of containerd's `platforms`; an architecture alone is one of Linux.
fn platform(written: &str) -> String {
    let lower = written.to_ascii_lowercase();
    let mut parts = lower.splitn(3, '/');
    let (first, second, variant) =
        (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
    let (system, arch) = match second {
        Some(arch) => (first, arch),
        None if ["linux", "windows", "darwin", "freebsd"].contains(&first) => return lower,
        None => ("linux", first),
    };
    let system = if system == "macos" { "darwin" } else { system };
    let (arch, variant) = match (arch, variant) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1" | "") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    let variant = if variant.is_empty() { String::new() } else { format!("/{variant}") };
    format!("{system}/{arch}{variant}")
}

/// What a value is compared with, in the form of the values.
///
/// # Errors
/// Why no value can ever be that.
pub fn operand(target: &Target, written: &str) -> Result<String, String> {
    let key = target.key.map_or("", |key| key.name);
    if target.facet.is_some() || is_address(key) {
        return hostly(target, key, written, false);
    }
    let known = target.key.map_or(&[][..], |key| key.values);
    let normal = owned(key, written);
    // A worker may have other snapshotters than those that are known.
    if known.is_empty() || key == "snapshotter" || known.contains(&normal.as_str()) {
        return Ok(normal);
    }
    let known: Vec<_> = known.iter().map(|value| format!("`{value}`")).collect();
    Err(never(written, &format!("`{key}` is one of {}", known.join(", "))))
}

/// A glob that values are held against, in the form of the values.
///
/// # Errors
/// Why it can never match.
pub fn glob(target: &Target, written: &str) -> Result<String, String> {
    let key = target.key.map_or("", |key| key.name);
    if target.facet.is_some() || is_address(key) {
        return hostly(target, key, written, true);
    }
    if written.is_empty() {
        return Err("an empty glob can never match".to_owned());
    }
    Ok(written.to_owned())
}

/// Whether what is meant is `host:port/path`.
#[must_use]
pub fn is_host(target: &Target) -> bool {
    target.facet.is_none() && target.key.is_some_and(|key| is_address(key.name))
}

fn is_address(key: &str) -> bool {
    ["mirrors", "allowedRepositories"].contains(&key)
}

/// What stands for a host, or for a part of an address.
fn hostly(target: &Target, key: &str, written: &str, glob: bool) -> Result<String, String> {
    if written.contains(char::is_whitespace) {
        return Err(never(written, "there is a blank in it"));
    }
    let bare = written.split_once("://").map_or(written, |(_, rest)| rest);
    match target.facet {
        Some(Facet::Host) => {
            let bare = bare.trim_end_matches('/');
            if bare.contains('/') {
                return Err(never(written, "a host has no path; use `:path`"));
            }
            if bare.parse::<IpAddr>().is_err() && split_port(bare).1.is_some() {
                return Err(never(written, "a host has no port; use `:port`"));
            }
            Ok(host(bare).into_owned())
        }
        Some(Facet::Port) if !glob && !is_port(written) => {
            Err(never(written, "a port is a number from 0 to 65535"))
        }
        Some(Facet::Port) => Ok(written.to_owned()),
        Some(Facet::Path) => Ok(bare.trim_matches('/').to_owned()),
        Some(Facet::Scheme) => {
            let scheme = written.trim_end_matches("://").to_ascii_lowercase();
            let known: &[&str] = match key {
                "address" | "debugAddress" => &["tcp", "unix", "fd", "npipe"],
                _ => &["http", "https"],
            };
            if !glob && !known.contains(&scheme.as_str()) {
                return Err(never(written, &format!("known are {}", known.join(", "))));
            }
            Ok(scheme)
        }
        None if bare.is_empty() => Err(never(written, "there is no host in it")),
        None if key == "mirrors" && !glob => Ok(owned(key, written)),
        None if key == "mirrors" => Ok(bare.trim_end_matches('/').to_owned()),
        None => repository(bare, glob),
    }
}

fn is_port(written: &str) -> bool {
    written.bytes().all(|byte| byte.is_ascii_digit()) && written.parse::<u16>().is_ok()
}

/// A repository, or a glob of some; without a host it is of Docker Hub, as for docker.
fn repository(written: &str, glob: bool) -> Result<String, String> {
    if let Ok(read) = parse_reference(written)
        && (!glob || written.contains('/') || !written.contains('.'))
    {
        return Ok(format!("{}/{}", authority(&read.domain), read.path));
    }
    if !glob {
        return Err(never(written, "it names no repository"));
    }
    let (first, rest) = written.split_once('/').unwrap_or((written, ""));
    let is_host = first.contains(['.', ':', '*']) || first == "localhost";
    Ok(match (is_host, rest) {
        (false, "") => format!("{DOCKER_HUB}/library/{first}"),
        (false, _) => format!("{DOCKER_HUB}/{written}"),
        (true, _) => written.to_owned(),
    })
}

/// Why a name of a table below `registry` is never looked up.
#[must_use]
pub fn no_registry(name: &str) -> Option<String> {
    let bare = name.split_once("://").map_or(name, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or(bare);
    let lower = bare.to_ascii_lowercase();
    if lower == "index.docker.io" || lower == DOCKER_HUB && name != DOCKER_HUB {
        return Some(format!("images of Docker Hub are looked up as `{DOCKER_HUB}`"));
    }
    let whole = bare == name && !name.contains(char::is_whitespace) && !name.is_empty();
    (!whole).then(|| format!("registries are looked up by host, and `{name}` is more than that"))
}

fn never(written: &str, why: &str) -> String {
    format!("`{written}` can never match: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_each_value() {
        for (key, written, normal) in [
            ("mirrors", "https://Quay.IO./v2/", "quay.io/v2"),
            ("mirrors", "user@quay.io:443/x?a", "quay.io:443/x"),
            ("mirrors", "[2001:DB8:0::1]:5000", "[2001:db8::1]:5000"),
            ("allowedRepositories", "docker/dockerfile", "docker.io/docker/dockerfile"),
            ("allowedRepositories", "Quay.io/x/y:1", "quay.io/x/y"),
            ("address", "tcp://[0:0::0]:1234", "tcp://[::]:1234"),
            ("address", "tcp://:1234", "tcp://:1234"),
            ("address", "unix:///Run/x.sock", "unix:///Run/x.sock"),
            ("debugAddress", "LOCALHOST:6060", "tcp://localhost:6060"),
            ("level", "WARNING", "warn"),
            ("platforms", "linux/ARM64/v8", "linux/arm64"),
            ("platforms", "aarch64", "linux/arm64"),
            ("platforms", "linux/arm", "linux/arm/v7"),
            ("platforms", "linux/amd64/v2", "linux/amd64/v2"),
            ("platforms", "macos/x86_64", "darwin/amd64"),
            ("nameservers", "FD00:0:0::1", "fd00::1"),
            ("format", "JSON", "JSON"),
        ] {
            assert_eq!(owned(key, written), normal, "{key} {written}");
        }
        assert_eq!(host("::ffff:0.0.0.0"), "0.0.0.0");
    }
}
