//! A mirror as buildkitd reads it: `extractMirrorHostAndPath` of upstream's `util/resolver`, and
//! with it Go's `net/url`.

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
}
