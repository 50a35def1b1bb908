//! What the rules of this group share: how buildkitd reads an address.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::model::{Leaf, Tls};
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
