//! Names a finding so that it is recognised after lines have moved.

use std::borrow::Cow;

use ring::digest::{Context, SHA256};

use super::{clamp, is_plain, slashed};
use crate::hash::HashMap;
use crate::report::{FileReport, Finding};
use crate::source::Source;

/// The fingerprints of a file's findings, in their order: 16 hexadecimal digits over rule, path,
/// key path, value and an occurrence number among findings equal in these.
///
/// A relative path counts as it is written. Of an absolute one only the file name does, since
/// what stands above it differs between checkouts. A value is compared without its quotes and
/// with white space folded; the values of the group `secret` are left out.
#[must_use]
pub fn fingerprints(file: &FileReport) -> Vec<String> {
    prints(file, &path(file.source.name()))
}

/// The same without the path: alike in all files.
#[must_use]
pub fn contents(file: &FileReport) -> Vec<String> {
    prints(file, "")
}

fn prints(file: &FileReport, path: &str) -> Vec<String> {
    let mut seen = HashMap::<_, u32>::default();
    let prints = file.findings.iter().map(|finding| {
        let identity = (&*finding.rule, finding.key.as_deref(), value(&file.source, finding));
        let count = seen.entry(identity.clone()).or_default();
        *count += 1;
        let (rule, key, value) = identity;
        digest(&[rule, path, key.unwrap_or_default(), &value, &count.to_string()])
    });
    prints.collect()
}

/// 16 hexadecimal digits over some texts.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        // A length in front keeps ("a", "bc") and ("ab", "c") apart.
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hash = hash.finish();
    let halves = hash.as_ref().iter().take(8).flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}

fn path(name: &str) -> String {
    let name = slashed(name);
    let absolute = name.starts_with('/') || (cfg!(windows) && name.get(1..3) == Some(":/"));
    match name.rsplit_once('/') {
        Some((_, last)) if absolute => last.to_owned(),
        _ => name.trim_start_matches("./").to_owned(),
    }
}

fn value<'a>(source: &'a Source, finding: &Finding) -> Cow<'a, str> {
    if finding.rule.starts_with("secret::") {
        return "".into();
    }
    let text = source.slice(clamp(source, finding.span)).trim();
    let unquoted = ['"', '\''].iter().find_map(|&q| text.strip_prefix(q)?.strip_suffix(q));
    // The beginning tells long ones apart; a span may be as long as the file.
    let text = unquoted.unwrap_or(text);
    let end = text.char_indices().nth(1024).map_or(text.len(), |(end, _)| end);
    let text = text.get(..end).unwrap_or(text).trim();
    if is_plain(text) && !text.contains("  ") {
        return text.into();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}
