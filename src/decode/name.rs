//! Paths of keys as the user would write them.

use std::borrow::Cow;
use std::fmt::Write;

/// A path as the user would write it: parts that need quotes get them.
#[must_use]
pub fn dotted<'a>(path: impl IntoIterator<Item = impl AsRef<str> + 'a>) -> String {
    path.into_iter().fold(String::new(), |mut text, part| {
        push_part(&mut text, part.as_ref());
        text
    })
}

/// The same for reading alone: cut short where it is endless, since every finding below a header
/// repeats what the header says.
#[must_use]
pub fn named<'a>(path: impl IntoIterator<Item = &'a Cow<'a, str>>) -> String {
    const LONGEST: usize = 1024;
    let mut text = String::new();
    for part in path {
        if text.len() > LONGEST {
            text.push('…');
            break;
        }
        let end = part.char_indices().nth(LONGEST).map(|(end, _)| end);
        push_part(&mut text, end.and_then(|end| part.get(..end)).unwrap_or(part));
        if end.is_some() {
            text.push('…');
        }
    }
    text
}

/// Which bytes a name without quotes is made of.
const BARE: [bool; 256] = {
    let (mut bare, mut byte) = ([false; 256], 0_u8);
    while byte < 128 {
        bare[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        byte += 1;
    }
    bare
};

/// Whether a name needs no quotes.
pub fn is_bare(name: &str) -> bool {
    name.bytes().all(|byte| BARE[usize::from(byte)])
}

/// Adds a name to a dotted path.
pub fn push_part(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    if !part.is_empty() && is_bare(part) {
        text.push_str(part);
    } else {
        text.push('"');
        for c in part.chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                c if c.is_ascii_control() => _ = write!(text, "\\u{:04X}", u32::from(c)),
                c => text.push(c),
            }
        }
        text.push('"');
    }
}
