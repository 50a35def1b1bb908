//! A mirror as buildkitd reads it: `extractMirrorHostAndPath` of upstream's `util/resolver`, and
//! with it Go's `net/url`.

use std::borrow::Cow;

/// A mirror as buildkitd understands it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mirror<'a> {
    /// Host, with its port if one is written; the whole text if it is no address at all.
    pub host: Cow<'a, str>,
    /// The path of the API there.
    pub path: Cow<'a, str>,
    /// It is written as no more than a host that can be contacted, perhaps with port and path.
    pub plain: bool,
    /// Letters of its host are upper case.
    pub upper: bool,
    /// How long the host is without its port.
    name: usize,
}

/// Host and path.
type Url<'a> = (Cow<'a, str>, Cow<'a, str>);

impl<'a> Mirror<'a> {
    /// `extractMirrorHostAndPath`: scheme, user, query and fragment are dropped.
    #[must_use]
    pub fn read(written: &'a str) -> Self {
        let found = |url: Option<Url<'a>>| url.filter(|(host, _)| !host.is_empty());
        if let Some(plain) = Self::plain(written) {
            return plain;
        }
        let (host, path) = found(go_url(written, false))
            .or_else(|| found(go_url(written, true)))
            .unwrap_or((Cow::Borrowed(written), Cow::Borrowed("")));
        let upper = host.bytes().any(|byte| byte.is_ascii_uppercase());
        let name = split_port(&host).0.len();
        Self { path: below(&path), plain: false, upper, name, host }
    }

    /// Most mirrors are a host, perhaps a port, perhaps a path, and nothing that has to be taken
    /// apart.
    fn plain(written: &'a str) -> Option<Self> {
        let mut seen = 0;
        let name = written.bytes().position(|byte| {
            let class = CLASS[usize::from(byte)];
            seen |= class;
            class & WORD == 0
        });
        let name = name.unwrap_or(written.len());
        let rest = &written[name..];
        let port = rest.strip_prefix(':').map_or(0, |port| {
            1 + port.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(port.len())
        });
        let (port, path) = rest.split_at(port);
        let good = name > 0
            && (port.is_empty() || port[1..].parse::<u16>().is_ok())
            && (path.is_empty() || path.starts_with('/'))
            && path.bytes().all(|byte| CLASS[usize::from(byte)] & (WORD | SLASH) > 0);
        let (host, upper) = (&written[..name + port.len()], seen & UPPER > 0);
        good.then(|| Self { host: host.into(), path: below(path), plain: true, upper, name })
    }

    /// The host without its port.
    #[must_use]
    pub fn name(&self) -> &str {
        self.host.get(..self.name).unwrap_or(&self.host)
    }
}

/// Splits a port off a host; an IPv6 address keeps its brackets.
#[must_use]
pub fn split_port(host: &str) -> (&str, Option<&str>) {
    let Some(at) = host.bytes().rposition(|byte| byte == b':') else { return (host, None) };
    let (name, port) = (&host[..at], &host[at + 1..]);
    if !port.contains(']') && (name.ends_with(']') || !name.contains(':')) {
        (name, Some(port))
    } else {
        (host, None)
    }
}

/// A letter, a digit, or what may stand between them in a host.
const WORD: u8 = 1;
/// An upper-case letter.
const UPPER: u8 = 2;
/// What stands between the parts of a path.
const SLASH: u8 = 4;

static CLASS: [u8; 256] = {
    let (mut class, mut byte) = ([0; 256], 0_u8);
    while byte < 128 {
        class[byte as usize] = match byte {
            b'A'..=b'Z' => WORD | UPPER,
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => WORD,
            b'/' => SLASH,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// The path of the API below a path.
fn below(path: &str) -> Cow<'static, str> {
    match path {
        "" => "/v2".into(),
        path => join("/v2", path).into(),
    }
}

/// Host and path of Go's `url.Parse`; none where it refuses the text. `slashes` stand for two of
/// them in front.
fn go_url(text: &str, slashes: bool) -> Option<Url<'_>> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return None;
    }
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    unescape(fragment)?;
    let (scheme, rest) = if slashes { (false, text) } else { scheme(text)? };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    if !slashes && !rest.starts_with('/') {
        // `host:5000` is a scheme and something opaque; a colon in the first part is refused.
        let colon = rest.split('/').next().is_some_and(|first| first.contains(':'));
        return (scheme || !colon).then_some((Cow::Borrowed(""), Cow::Borrowed("")));
    }
    let behind = if slashes { Some(rest) } else { rest.strip_prefix("//") };
    let (authority, path) = match behind {
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
    Some((Cow::Borrowed(go_host(host)?), unescape(path)?))
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
fn go_host(host: &str) -> Option<&str> {
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
    if host.chars().any(refused) { None } else { Some(host) }
}

/// Resolves `%41`; none where an escape is malformed.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        out.push(u8::from_str_radix(hex, 16).ok()?);
        out.extend_from_slice(part.get(2..)?.as_bytes());
    }
    Some(Cow::Owned(String::from_utf8_lossy(&out).into_owned()))
}

/// Go's `path.Join`.
fn join(base: &str, path: &str) -> String {
    let mut joined = String::with_capacity(base.len() + 1 + path.len());
    // Most paths are clean already.
    let odd = |two: &[u8]| matches!(two, [b'/', b'/' | b'.']);
    if path.starts_with('/') && !path.ends_with('/') && !path.as_bytes().windows(2).any(odd) {
        joined.push_str(base);
        joined.push_str(path);
        return joined;
    }
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => joined.truncate(joined.rfind('/').unwrap_or(0)),
            part => {
                joined.push('/');
                joined.push_str(part);
            }
        }
    }
    if joined.is_empty() { "/".to_owned() } else { joined }
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
            let mirror = Mirror::read(written);
            assert_eq!((&*mirror.host, &*mirror.path), (host, path), "{written}");
        }
    }
}
