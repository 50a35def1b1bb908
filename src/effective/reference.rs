//! Image references, normalised as `distribution/reference` does it.

use super::endpoint::DOCKER_HUB;
use super::mirror::split_port;

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
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = match address {
        Some(inner) => {
            !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }
        None => is_labels(host),
    };
    host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Words of letters and digits with dots between them, or hyphens, of which no word begins or ends
/// with one.
fn is_labels(host: &str) -> bool {
    let mut before = b'.';
    for byte in host.bytes() {
        let good = match byte {
            b'-' => before != b'.',
            b'.' => before != b'.' && before != b'-',
            byte => byte.is_ascii_alphanumeric(),
        };
        if !good {
            return false;
        }
        before = byte;
    }
    !matches!(before, b'.' | b'-')
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
