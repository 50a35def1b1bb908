//! PEM as Go's `encoding/pem` reads it, since that is what buildkitd sees of a file.
//!
//! Go skips in silence whatever it cannot read; here each such place is a [`Fault`].

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::order::Order;

/// Padding is required, stray bits in the last character are not looked at: Go's `StdEncoding`.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Where something stands in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its bytes.
    pub span: Range<usize>,
    /// The line it begins on, from 1.
    pub line: usize,
}

/// One block. `Debug` leaves the content out: it may be a private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands behind `BEGIN`, like `CERTIFICATE`.
    pub label: String,
    /// The `Name: value` lines above the content.
    pub headers: Vec<(String, String)>,
    /// The content, decoded.
    pub der: Vec<u8>,
    /// From its `BEGIN` line to its `END` line.
    pub place: Place,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block")
            .field("label", &self.label)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// Why a block is skipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// `BEGIN` is not at the start of its line: indented, or behind a byte-order mark.
    Indented,
    /// The `BEGIN` line does not end with five dashes.
    Begin,
    /// No `END` line follows, or another `BEGIN` comes first.
    Unfinished,
    /// The `END` line names another label, or more stands on it.
    End,
    /// Header lines run down to the `END` line.
    Headers,
    /// The content is not base64.
    Base64,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Indented => "`-----BEGIN` is not at the start of its line",
            Self::Begin => "the `BEGIN` line does not end with `-----`",
            Self::Unfinished => "the `END` line is missing",
            Self::End => "the `END` line does not match the `BEGIN` line",
            Self::Headers => "no content follows the headers",
            Self::Base64 => "the content is not base64",
        })
    }
}

/// A block whose `BEGIN` line has been read.
struct Open<'a> {
    label: &'a [u8],
    start: usize,
    body: usize,
    line: usize,
}

/// Reads all blocks, and the places where one was meant. One pass, whatever the bytes.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Vec<Block>, Vec<(Place, Fault)>) {
    let (mut blocks, mut faults) = (Vec::new(), Vec::new());
    let mut open: Option<Open<'_>> = None;
    let mut start = 0;
    for (index, raw) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let (end, line) = (start + raw.len(), index + 1);
        let place = |start| Place { span: start..start + trim(&bytes[start..end]).len(), line };
        if let Some(label) = raw.strip_prefix(BEGIN) {
            // Of several `BEGIN` lines before an `END`, the last one counts.
            faults.extend(open.take().map(|open| (open.place(start), Fault::Unfinished)));
            match trim(label).strip_suffix(DASHES) {
                Some(label) => open = Some(Open { label, start, body: end, line }),
                None => faults.push((place(start), Fault::Begin)),
            }
        } else if let Some(trailer) = raw.strip_prefix(END) {
            if let Some(open) = open.take() {
                match open.close(&bytes[open.body..start], trailer) {
                    Ok((headers, der)) => blocks.push(Block {
                        label: String::from_utf8_lossy(open.label).into_owned(),
                        headers,
                        der,
                        place: open.place(end),
                    }),
                    Err(fault) => faults.push((open.place(end), fault)),
                }
            }
        } else if let Some(at) = raw.windows(BEGIN.len()).position(|window| window == BEGIN) {
            faults.push((place(start + at), Fault::Indented));
            // Inside a block, Go takes it for that block's beginning, and rejects both.
            faults.extend(open.take().map(|open| (open.place(start), Fault::Unfinished)));
        }
        start = end;
    }
    faults.extend(open.map(|open| (open.place(bytes.len()), Fault::Unfinished)));
    faults.order_by_key(|(place, _)| place.span.start);
    (blocks, faults)
}

type Content = (Vec<(String, String)>, Vec<u8>);

impl Open<'_> {
    fn place(&self, end: usize) -> Place {
        Place { span: self.start..end, line: self.line }
    }

    /// Decodes what stands between the `BEGIN` line and the `END` line, whose part behind
    /// `-----END ` is `trailer`.
    fn close(&self, mut body: &[u8], trailer: &[u8]) -> Result<Content, Fault> {
        let rest = trailer.strip_prefix(self.label).and_then(|rest| rest.strip_prefix(DASHES));
        if rest.is_none_or(|rest| !trim(rest).is_empty()) {
            return Err(Fault::End);
        }
        let mut headers = Vec::new();
        while let Some(line) = body.split_inclusive(|&byte| byte == b'\n').next()
            && let Some(colon) = line.iter().position(|&byte| byte == b':')
        {
            let text = |part: &[u8]| String::from_utf8_lossy(part.trim_ascii()).into_owned();
            headers.push((text(&line[..colon]), text(&line[colon + 1..])));
            body = &body[line.len()..];
        }
        // The line end in front of `END` is part of what Go looks for, and the last header has
        // taken it; a label with a colon makes the `END` line a header.
        if body.is_empty() && (!headers.is_empty() || self.label.contains(&b':')) {
            return Err(Fault::Headers);
        }
        let digits: Vec<u8> =
            body.iter().copied().filter(|byte| !b" \t\r\n".contains(byte)).collect();
        let der = BASE64.decode(digits).map_err(|_| Fault::Base64)?;
        Ok((headers, der))
    }
}

/// A line without its end and the blanks before it. A carriage return alone ends no line.
fn trim(line: &[u8]) -> &[u8] {
    let line =
        line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
    let end = line.iter().rposition(|byte| !b" \t".contains(byte)).map_or(0, |last| last + 1);
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        decode(text.as_bytes()).0.into_iter().map(|block| block.label).collect()
    }

    fn faults(text: &str) -> Vec<(usize, Fault)> {
        decode(text.as_bytes()).1.into_iter().map(|(place, fault)| (place.line, fault)).collect()
    }

    #[test]
    fn blocks_and_junk() {
        let text = "junk\r\n-----BEGIN A----- \t\r\nZm 9v\r\n\tYmE=\r\n-----END A-----\t\r\nmore\n\
                    -----BEGIN B-----\n-----END B-----";
        let (blocks, faults) = decode(text.as_bytes());
        assert_eq!(faults, []);
        assert_eq!(blocks.len(), 2);
        assert_eq!((blocks[0].label.as_str(), blocks[0].der.as_slice()), ("A", &b"fooba"[..]));
        assert_eq!(blocks[0].place.line, 2);
        assert!(text[blocks[0].place.span.clone()].starts_with("-----BEGIN A"));
        assert!(text[blocks[0].place.span.clone()].ends_with("END A-----\t\r\n"));
        assert_eq!((blocks[1].label.as_str(), blocks[1].der.as_slice()), ("B", &b""[..]));
        assert_eq!(blocks[1].place.span.end, text.len());
    }

    #[test]
    fn headers() {
        let text = "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nX:\n\nZm9v\n-----END A-----\n";
        let (blocks, _) = decode(text.as_bytes());
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(blocks[0].headers, [header("Proc-Type", "4,ENCRYPTED"), header("X", "")]);
        assert_eq!(blocks[0].der, b"foo");
    }

    #[test]
    fn what_go_skips() {
        for (text, expected) in [
            (" -----BEGIN A-----\nZm9v\n-----END A-----\n", vec![(1, Fault::Indented)]),
            ("\u{feff}-----BEGIN A-----\nZm9v\n-----END A-----\n", vec![(1, Fault::Indented)]),
            ("-----BEGIN A----\nZm9v\n-----END A-----\n", vec![(1, Fault::Begin)]),
            ("-----BEGIN A-----\nZm9v\n", vec![(1, Fault::Unfinished)]),
            ("-----BEGIN A-----\nZm9v\n-----END B-----\n", vec![(1, Fault::End)]),
            ("-----BEGIN A-----\nZm9v\n-----END A----- x\n", vec![(1, Fault::End)]),
            ("-----BEGIN A-----\nZm9v\n-----END A-----\r", vec![(1, Fault::End)]),
            ("-----BEGIN A-----\nZm9v\n-----END A---\n", vec![(1, Fault::End)]),
            ("-----BEGIN A-----\nX: y\n-----END A-----\n", vec![(1, Fault::Headers)]),
            ("-----BEGIN A:-----\n-----END A:-----\n", vec![(1, Fault::Headers)]),
            ("-----BEGIN A-----\nZm9\n-----END A-----\n", vec![(1, Fault::Base64)]),
            ("-----BEGIN A-----\nZg==Zg==\n-----END A-----\n", vec![(1, Fault::Base64)]),
            ("-----BEGIN A-----\nZm9v\n...\n-----END A-----\n", vec![(1, Fault::Base64)]),
            ("-----BEGIN A-----\rZm9v\r-----END A-----\r", vec![(1, Fault::Begin)]),
        ] {
            assert_eq!(labels(text), [""; 0], "{text:?}");
            assert_eq!(faults(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_go_takes() {
        // Stray bits in the last character.
        assert_eq!(labels("-----BEGIN A-----\nZh==\n-----END A-----\n"), ["A"]);
        // A good block behind a bad one.
        let text = "-----BEGIN A-----\nZm9v\n-----BEGIN B-----\nZm9v\n-----END B-----\n";
        assert_eq!(labels(text), ["B"]);
        assert_eq!(faults(text), [(1, Fault::Unfinished)]);
        // An `END` too many.
        assert_eq!(labels("\n-----END A-----\n-----BEGIN B-----\n-----END B-----\n"), ["B"]);
        // No label at all.
        assert_eq!(labels("-----BEGIN -----\n-----END -----\n"), [""]);
    }

    #[test]
    fn content_is_not_shown() {
        let (blocks, _) = decode(b"-----BEGIN A-----\nX: geheim\n\nZm9v\n-----END A-----\n");
        let shown = format!("{blocks:?}");
        assert!(!shown.contains("102") && !shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn hostile_text_takes_one_pass() {
        let start = std::time::Instant::now();
        for line in [
            "-----BEGIN A-----\n",
            "-----BEGIN ",
            "-----END A-----\n",
            "-----BEGIN A-----\n-----END B-----\n",
            "-----BEGIN A-----\na:\n",
            "a:\n",
            " -----BEGIN A-----\n",
            "-----BEGIN A-----\n-----END A-----\n",
        ] {
            let _ = decode(line.repeat((1 << 20) / line.len()).as_bytes());
            let headers = format!("-----BEGIN A-----\n{}", line.repeat((1 << 20) / line.len()));
            let _ = decode(headers.as_bytes());
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
