//! Bytes, their name, and where a byte offset lies.
//!
//! Spans are half-open ranges of the original bytes, the byte-order mark included. Lines and
//! columns are computed only when something is printed.

use std::sync::OnceLock;

use crate::order::Order;

/// The largest file bklint reads, in bytes. A real configuration is a few hundred bytes long.
pub const MAX_FILE: u64 = 16 << 20;

/// A half-open range of bytes of a [`Source`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// An empty range at `at`.
    #[must_use]
    pub const fn at(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same as a range of `usize`.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes inside the quotes of a quoted lexeme.
    #[must_use]
    pub const fn inner(self) -> Self {
        if self.end - self.start < 2 {
            return self;
        }
        Self { start: self.start + 1, end: self.end - 1 }
    }
}

/// Spans to look others up in, without going through all of them.
#[derive(Debug, Default)]
pub struct Spans {
    /// By start, each with the furthest end so far.
    sorted: Vec<(Span, u32)>,
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut sorted: Vec<_> = spans.into_iter().map(|span| (span, 0)).collect();
        sorted.order();
        let mut furthest = 0;
        for (span, end) in &mut sorted {
            furthest = span.end.max(furthest);
            *end = furthest;
        }
        Self { sorted }
    }
}

impl Spans {
    /// Whether one of them holds all of `span`.
    #[must_use]
    pub fn cover(&self, span: Span) -> bool {
        let behind = self.sorted.partition_point(|(other, _)| other.start <= span.start);
        behind.checked_sub(1).is_some_and(|last| self.sorted[last].1 >= span.end)
    }

    /// Those that share a byte with `span`.
    pub fn touching(&self, span: Span) -> impl Iterator<Item = Span> {
        let first = self.sorted.partition_point(|(_, furthest)| *furthest <= span.start);
        let behind = self.sorted[first..].iter().map(|(other, _)| *other);
        behind
            .take_while(move |other| other.start < span.end)
            .filter(move |other| other.end > span.start)
    }
}

/// A line and a column, both counted from 1; a column counts Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Bytes of UTF-8.
    Byte,
    /// Code units of UTF-16.
    Utf16,
    /// Unicode scalar values.
    Scalar,
}

impl Unit {
    /// How many units begin in these bytes of UTF-8.
    fn count(self, bytes: &[u8]) -> usize {
        let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
        match self {
            Self::Byte => bytes.len(),
            Self::Scalar => bytes.iter().filter(begins).count(),
            // Four bytes are a pair of surrogates.
            Self::Utf16 => {
                let pairs = bytes.iter().filter(|byte| **byte >= 0xf0).count();
                Self::Scalar.count(bytes) + pairs
            }
        }
    }
}

/// Bytes between two places whose columns are remembered.
const STRIDE: usize = 1024;

/// Bytes without which many places need no closer look.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// A control character stands somewhere, line feeds and tabs aside.
    pub control: bool,
    /// A backslash does.
    pub backslash: bool,
    /// An `@` does.
    pub at: bool,
}

impl Marks {
    fn of(text: &str) -> Self {
        let control = |b: u8| b < 0x20 && b != b'\n' && b != b'\t' || b == 0x7f;
        Self {
            control: has(text, control),
            backslash: has(text, |b| b == b'\\'),
            at: has(text, |b| b == b'@'),
        }
    }
}

/// Whether one of the bytes is such a one.
fn has(text: &str, such: impl Fn(u8) -> bool) -> bool {
    // Without a way out after each byte, the processor takes many at once.
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, b| any | such(*b));
    text.as_bytes().chunks(256).any(any)
}

/// A file's text under its name.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    invalid: Vec<u32>,
    marks: Marks,
    lines: OnceLock<Vec<u32>>,
    /// How many scalar values, and how many units of UTF-16, stand before each [`STRIDE`]: a line
    /// may be as long as the file, and each finding on it has a column.
    strides: OnceLock<Vec<(usize, usize)>>,
}

impl Source {
    /// Takes any bytes. A byte that is not part of valid UTF-8 becomes a `?` in
    /// [`text`](Self::text), so that offsets hold, and is listed in [`invalid`](Self::invalid).
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (text, invalid) = match String::from_utf8(bytes) {
            Ok(text) => (text, Vec::new()),
            Err(error) => replace_invalid(error.as_bytes()),
        };
        let (lines, strides) = (OnceLock::new(), OnceLock::new());
        let marks = Marks::of(&text);
        Self { name: name.into(), text, invalid, marks, lines, strides }
    }

    /// The name it is reported under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text; as long as the original bytes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Lets go of the text, where no finding points into it.
    pub(crate) fn forget(&mut self) {
        (self.text, self.invalid) = (String::new(), Vec::new());
        (self.lines, self.strides) = (OnceLock::new(), OnceLock::new());
    }

    /// Puts asterisks in place of what stands in the spans, line ends aside, so that nothing that
    /// is printed afterwards can show it.
    pub fn blot(&mut self, spans: &[Span]) {
        for span in spans {
            let Some(secret) = self.text.get(span.range()) else { continue };
            let stars: String = secret
                .chars()
                .flat_map(|c| {
                    let star = if matches!(c, '\n' | '\r') { c } else { '*' };
                    std::iter::repeat_n(star, c.len_utf8())
                })
                .collect();
            self.text.replace_range(span.range(), &stars);
        }
    }

    /// The bytes that most files lack.
    #[must_use]
    pub const fn marks(&self) -> Marks {
        self.marks
    }

    /// Offsets of bytes that are not UTF-8, ascending.
    #[must_use]
    pub fn invalid(&self) -> &[u32] {
        &self.invalid
    }

    /// Whether there are any in a span.
    #[must_use]
    pub fn has_invalid(&self, span: Span) -> bool {
        let at = self.invalid().partition_point(|&at| at < span.start);
        self.invalid().get(at).is_some_and(|&at| at < span.end)
    }

    /// The text of a span; empty if it does not lie on character borders.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut lines = vec![0];
            for (byte, next) in self.text.bytes().zip(1u32..) {
                if byte == b'\n' {
                    lines.push(next);
                }
            }
            lines
        })
    }

    /// Index of the line that holds the offset, from 0.
    #[must_use]
    pub fn line_index(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset) - 1
    }

    /// The span of a line without its line end; `index` counts from 0.
    #[must_use]
    pub fn line_span(&self, index: usize) -> Span {
        let lines = self.lines();
        let len = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let start = lines.get(index).copied().unwrap_or(len);
        let mut end = lines.get(index + 1).map_or(len, |next| next - 1);
        if end > start && self.text.as_bytes()[end as usize - 1] == b'\r' {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// Where a line begins after its line end, or the end of the text.
    #[must_use]
    pub fn next_line(&self, offset: u32) -> u32 {
        let len = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.lines().get(self.line_index(offset) + 1).copied().unwrap_or(len)
    }

    /// Line and column of an offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.place(offset, Unit::Scalar)
    }

    /// Line and column of an offset; the column counts from 1 in the given unit.
    #[must_use]
    pub fn place(&self, offset: u32, unit: Unit) -> Position {
        let line = self.line_index(offset);
        let start = self.lines()[line] as usize;
        let end = (offset as usize).clamp(start, self.text.len());
        Position { line: line + 1, column: self.count(start, end, unit) + 1 }
    }

    fn count(&self, start: usize, end: usize, unit: Unit) -> usize {
        let bytes = self.text.as_bytes();
        if end - start <= STRIDE || unit == Unit::Byte {
            return unit.count(bytes.get(start..end).unwrap_or(&[]));
        }
        let strides = self.strides.get_or_init(|| {
            let mut before = (0, 0);
            let counted = bytes.chunks(STRIDE).map(|chunk| {
                let at = before;
                before.0 += Unit::Scalar.count(chunk);
                before.1 += Unit::Utf16.count(chunk);
                at
            });
            counted.collect()
        });
        let before = |at: usize| {
            let index = (at / STRIDE).min(strides.len().saturating_sub(1));
            let (scalars, utf16) = strides.get(index).copied().unwrap_or_default();
            let known = if unit == Unit::Utf16 { utf16 } else { scalars };
            known + unit.count(bytes.get(index * STRIDE..at).unwrap_or(&[]))
        };
        before(end) - before(start)
    }
}

fn replace_invalid(mut bytes: &[u8]) -> (String, Vec<u32>) {
    let mut text = String::with_capacity(bytes.len());
    let mut invalid = Vec::new();
    while let Err(error) = std::str::from_utf8(bytes) {
        let (good, rest) = bytes.split_at(error.valid_up_to());
        text.push_str(&String::from_utf8_lossy(good));
        let bad = error.error_len().unwrap_or(rest.len());
        for _ in 0..bad {
            invalid.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            text.push('?');
        }
        bytes = &rest[bad..];
    }
    text.push_str(&String::from_utf8_lossy(bytes));
    (text, invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_offsets() {
        let source = Source::new("x", b"a\xff\xe2\x82b\nc".to_vec());
        assert_eq!(source.text(), "a???b\nc");
        assert_eq!(source.invalid(), [1, 2, 3]);
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
    }

    #[test]
    fn lines_and_columns() {
        let source = Source::new("x", "äb\r\n\nq".into());
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.line_span(0), Span::new(0, 3));
        assert_eq!(source.line_span(1), Span::new(5, 5));
        assert_eq!(source.next_line(0), 5);
        assert_eq!(source.position(6).line, 3);
        assert_eq!(source.position(7), Position { line: 3, column: 2 });
    }

    #[test]
    fn columns_of_a_long_line_are_those_of_a_short_one() {
        let text = "\n".to_owned() + &"aä€𝄞".repeat(2 * STRIDE);
        let source = Source::new("x", text.clone().into());
        let wanted = |at: usize| (at, text[1..at].chars().count() + 1);
        let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        for at in ends.filter(|at| *at > 0 && at % 7 < 3) {
            let offset = u32::try_from(at).unwrap();
            let [byte, utf16, scalar] = [Unit::Byte, Unit::Utf16, Unit::Scalar]
                .map(|unit| source.place(offset, unit).column);
            assert_eq!((byte, scalar), wanted(at));
            assert_eq!(utf16, text[1..at].encode_utf16().count() + 1);
        }
    }
}
