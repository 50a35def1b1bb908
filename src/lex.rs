//! Tokens of TOML, read from any place on.
//!
//! They are those of `toml_parser`, the lexer under `toml_edit`, token for token, which a test
//! holds. That one reads byte after byte, and its tokens cost more than the tree that is made of
//! them; here strings and comments are searched eight bytes at a time. The tree goes back to the
//! start of a line that makes no sense.

use crate::source::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// `.`
    Dot,
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// `[`
    LeftSquareBracket,
    /// `]`
    RightSquareBracket,
    /// `{`
    LeftCurlyBracket,
    /// `}`
    RightCurlyBracket,
    /// Spaces and tabs.
    Whitespace,
    /// `#` and what follows, without the end of the line.
    Comment,
    /// The end of a line, or a carriage return alone.
    Newline,
    /// `'…'`
    LiteralString,
    /// `"…"`
    BasicString,
    /// `'''…'''`
    MlLiteralString,
    /// `"""…"""`
    MlBasicString,
    /// Anything else.
    Atom,
    /// Nothing is left.
    Eof,
}

/// Reads one token after the other.
pub struct Lexer<'s> {
    bytes: &'s [u8],
    next: usize,
}

/// Where an atom ends, though quotes stand in it: the one before may be missing.
const BORDER: [bool; 256] = {
    let (mut border, mut at) = ([false; 256], 0);
    while at < BORDERS.len() {
        border[BORDERS[at] as usize] = true;
        at += 1;
    }
    border
};
const BORDERS: &[u8] = b".=,[]{} \t#\r\n";

#[allow(clippy::cast_possible_truncation, reason = "a source is at most `MAX_FILE` long")]
const fn offset(at: usize) -> u32 {
    at as u32
}

impl<'s> Lexer<'s> {
    /// From a place in a text on, which is a border of characters; a byte-order mark there is
    /// passed over.
    #[must_use]
    pub fn at(text: &'s str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let mark = bytes.get(at..).is_some_and(|rest| rest.starts_with("\u{feff}".as_bytes()));
        Self { bytes, next: if mark { at + 3 } else { at } }
    }

    /// The next token; at the end `Eof`, as often as it is asked.
    pub fn token(&mut self) -> (TokenKind, Span) {
        let start = self.next;
        let (kind, end) = self.scan(start);
        self.next = end;
        (kind, Span::new(offset(start), offset(end)))
    }

    fn scan(&self, at: usize) -> (TokenKind, usize) {
        let bytes = self.bytes;
        let Some(byte) = bytes.get(at) else { return (TokenKind::Eof, at) };
        let kind = match byte {
            b'.' => TokenKind::Dot,
            b'=' => TokenKind::Equals,
            b',' => TokenKind::Comma,
            b'[' => TokenKind::LeftSquareBracket,
            b']' => TokenKind::RightSquareBracket,
            b'{' => TokenKind::LeftCurlyBracket,
            b'}' => TokenKind::RightCurlyBracket,
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => return (TokenKind::Newline, at + 2),
            b'\r' | b'\n' => TokenKind::Newline,
            b' ' | b'\t' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
                return (TokenKind::Whitespace, at + length.unwrap_or(rest.len()));
            }
            b'#' => return (TokenKind::Comment, find(bytes, at, *b"\r\n")),
            b'\'' => return self.literal(at),
            b'"' => return self.basic(at),
            _ => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest.iter().position(|byte| BORDER[usize::from(*byte)]);
                return (TokenKind::Atom, at + length.unwrap_or(rest.len()));
            }
        };
        (kind, at + 1)
    }

    /// Of several lines, or up to the end of this one.
    fn literal(&self, at: usize) -> (TokenKind, usize) {
        if self.is_triple(at) {
            let mut end = at + 3;
            loop {
                end = find(self.bytes, end, *b"'");
                if end == self.bytes.len() || self.is_triple(end) {
                    return (TokenKind::MlLiteralString, self.behind_triple(end));
                }
                end += 1;
            }
        }
        let end = find(self.bytes, at + 1, *b"'\n");
        (TokenKind::LiteralString, end + usize::from(self.bytes.get(end) == Some(&b'\'')))
    }

    fn basic(&self, at: usize) -> (TokenKind, usize) {
        let triple = self.is_triple(at);
        let kind = if triple { TokenKind::MlBasicString } else { TokenKind::BasicString };
        let mut end = at + if triple { 3 } else { 1 };
        loop {
            end = find(self.bytes, end, *b"\"\\\n");
            match self.bytes.get(end) {
                Some(b'\\') => {
                    let pair = matches!(self.bytes.get(end + 1), Some(b'\\' | b'"'));
                    end += if pair { 2 } else { 1 };
                }
                Some(b'"') if !triple => return (kind, end + 1),
                Some(b'"') if self.is_triple(end) => return (kind, self.behind_triple(end)),
                Some(_) if triple => end += 1,
                _ => return (kind, end),
            }
        }
    }

    /// Whether a byte stands three times.
    fn is_triple(&self, at: usize) -> bool {
        matches!(self.bytes.get(at..at + 3), Some([a, b, c]) if a == b && b == c)
    }

    /// Where a string ends whose last quotes begin here: two more may belong to it.
    fn behind_triple(&self, at: usize) -> usize {
        let Some(quote) = self.bytes.get(at) else { return at };
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + rest.iter().take(5).take_while(|byte| *byte == quote).count()
    }
}

/// The place of the first of some bytes from a place on; the end if none is there.
fn find<const N: usize>(bytes: &[u8], from: usize, wanted: [u8; N]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let rest = bytes.get(from..).unwrap_or_default();
    let (words, tail) = rest.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte that is one of them; above the first, of others too.
        let found = wanted.iter().fold(0, |found, wanted| {
            let zero = word ^ (ONES * u64::from(*wanted));
            found | zero.wrapping_sub(ONES) & !zero & HIGH
        });
        if found > 0 {
            return from + 8 * at + found.trailing_zeros() as usize / 8;
        }
    }
    let at = tail.iter().position(|byte| wanted.contains(byte));
    from + 8 * words.len() + at.unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(text: &str) -> Vec<(String, usize, usize)> {
        let mut lexer = Lexer::at(text, 0);
        let mut tokens = Vec::new();
        loop {
            let (kind, Span { start, end }) = lexer.token();
            tokens.push((format!("{kind:?}"), start as usize, end as usize));
            if kind == TokenKind::Eof {
                return tokens;
            }
        }
    }

    fn theirs(text: &str) -> Vec<(String, usize, usize)> {
        let tokens = toml_parser::Source::new(text).lex();
        let token = |token: toml_parser::lexer::Token| {
            (format!("{:?}", token.kind()), token.span().start(), token.span().end())
        };
        tokens.map(token).collect()
    }

    #[test]
    fn tokens_are_those_of_toml_parser() {
        let parts = [
            "\"",
            "\"\"\"",
            "'",
            "'''",
            "\\",
            "#",
            "\n",
            "\r",
            "\r\n",
            " ",
            "\t",
            ".",
            "=",
            ",",
            "[",
            "]",
            "{",
            "}",
            "a",
            "é",
            "\u{feff}",
            "0",
            "\0",
            "long enough for a block or two",
        ];
        let mut seed = 1_u32;
        for count in 0..20_000 {
            let mut text = String::new();
            for _ in 0..count % 12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text += parts[(seed >> 16) as usize % parts.len()];
            }
            assert_eq!(ours(&text), theirs(&text), "{text:?}");
        }
    }

    #[test]
    fn any_place_will_do() {
        let mut lexer = Lexer::at("a = 1", 4);
        assert_eq!(lexer.token(), (TokenKind::Atom, Span::new(4, 5)));
        assert_eq!(lexer.token(), (TokenKind::Eof, Span::at(5)));
        assert_eq!(lexer.token(), (TokenKind::Eof, Span::at(5)));
    }
}
