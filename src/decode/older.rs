//! Scalars without quotes as go-toml v1 reads them (`lexer.go`, `parser.go`): every one is read,
//! whether its key is known or not.

use super::fault::FaultKind;
use super::scalar::{Scalar, is_date};

/// Reads a value at the start of `rest`, the document from there on. It must end where the tree
/// says it does, after `len` bytes.
pub fn read(rest: &str, len: usize) -> Result<Scalar, FaultKind> {
    let (scalar, end) = scan(rest).ok_or(FaultKind::NotAValue)?;
    let lexeme = rest.get(..len).filter(|_| end == len).ok_or(FaultKind::NotAValue)?;
    match scalar {
        Scalar::Integer if integer(lexeme).is_none() => Err(FaultKind::Integer),
        Scalar::Float if float(lexeme).is_none() => Err(FaultKind::Float),
        Scalar::Date { .. } if !is_day_and_time(lexeme, scalar) => Err(FaultKind::Date),
        _ => Ok(scalar),
    }
}

fn scan(rest: &str) -> Option<(Scalar, usize)> {
    let bytes = rest.as_bytes();
    for (word, scalar) in [
        ("true", Scalar::Bool(true)),
        ("false", Scalar::Bool(false)),
        ("inf", Scalar::Float),
        ("nan", Scalar::Float),
    ] {
        if rest.starts_with(word) {
            return Some((scalar, word.len()));
        }
    }
    let first = *bytes.first()?;
    match bytes.iter().take(5).position(|b| !b.is_ascii_digit()) {
        Some(2) if bytes[2] == b':' => time(bytes, 0).map(|end| (date(false, true, false), end)),
        Some(4) if bytes[4] == b'-' => day_and_time(bytes),
        _ if first.is_ascii_digit() || matches!(first, b'+' | b'-') => number(bytes),
        _ => None,
    }
}

const fn date(date: bool, time: bool, zone: bool) -> Scalar {
    Scalar::Date { date, time, zone }
}

/// Whether digits, written as `0`, and separators stand at a place.
fn shaped(bytes: &[u8], at: usize, shape: &str) -> bool {
    let found = bytes.get(at..at + shape.len()).unwrap_or_default();
    found.len() == shape.len()
        && found.iter().zip(shape.bytes()).all(|(found, wanted)| match wanted {
            b'0' => found.is_ascii_digit(),
            _ => *found == wanted,
        })
}

/// A clock's time with an optional fraction; where it ends.
fn time(bytes: &[u8], at: usize) -> Option<usize> {
    if !shaped(bytes, at, "00:00:00") {
        return None;
    }
    let end = at + 8;
    if bytes.get(end) != Some(&b'.') {
        return Some(end);
    }
    let digits = bytes[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    (digits > 0).then_some(end + 1 + digits)
}

/// A day must be followed by a space, a `T` or nothing at all: not even by the line's end.
fn day_and_time(bytes: &[u8]) -> Option<(Scalar, usize)> {
    let spaced = match bytes.get(10) {
        _ if !shaped(bytes, 0, "0000-00-00") => return None,
        None => return Some((date(true, false, false), 10)),
        Some(b'T') => false,
        Some(b' ') => true,
        _ => return None,
    };
    if spaced && !shaped(bytes, 11, "00") {
        return Some((date(true, false, false), 10));
    }
    let end = time(bytes, 11)?;
    match bytes.get(end) {
        Some(b'Z') => Some((date(true, true, true), end + 1)),
        Some(b'+' | b'-') => {
            shaped(bytes, end + 1, "00:00").then_some((date(true, true, true), end + 6))
        }
        _ => Some((date(true, true, false), end)),
    }
}

/// Go's own reader of times lets an offset of 24 hours or 60 minutes pass.
fn is_day_and_time(lexeme: &str, scalar: Scalar) -> bool {
    let Scalar::Date { zone: true, .. } = scalar else { return is_date(lexeme, scalar) };
    let (local, zone) = lexeme.split_at(lexeme.len() - if lexeme.ends_with('Z') { 1 } else { 6 });
    let within = |range: std::ops::Range<usize>, most: u8| {
        zone.get(range).is_none_or(|digits| digits.parse::<u8>().is_ok_and(|n| n <= most))
    };
    is_date(local, date(true, true, false)) && within(1..3, 24) && within(4..6, 60)
}

fn number(bytes: &[u8]) -> Option<(Scalar, usize)> {
    if let [b'0', base, rest @ ..] = bytes
        && base.is_ascii_alphabetic()
    {
        let digit: fn(&u8) -> bool = match base {
            b'x' => |b| b.is_ascii_hexdigit() || *b == b'_',
            b'o' => |b| matches!(b, b'0'..=b'7' | b'_'),
            b'b' => |b| matches!(b, b'0' | b'1' | b'_'),
            _ => return None,
        };
        let digits = rest.iter().take_while(|b| digit(b)).count();
        return (digits > 0).then_some((Scalar::Integer, 2 + digits));
    }
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if at == 1 && (bytes[1..].starts_with(b"inf") || bytes[1..].starts_with(b"nan")) {
        return Some((Scalar::Float, 4));
    }
    let (mut digits, mut point, mut exponent) = (false, false, false);
    loop {
        match bytes.get(at) {
            Some(b'.') => {
                let digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                if point || !digits || !digit {
                    return None;
                }
                point = true;
            }
            Some(b'e' | b'E') => {
                exponent = true;
                at += usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            }
            Some(b'0'..=b'9') => digits = true,
            Some(b'_') => {}
            _ => break,
        }
        at += 1;
    }
    let scalar = if point || exponent { Scalar::Float } else { Scalar::Integer };
    digits.then_some((scalar, at))
}

/// An integer of 64 bits, with or without a sign.
pub fn integer(lexeme: &str) -> Option<i128> {
    let cleaned = lexeme.replace('_', "");
    let (radix, digits) = match lexeme.get(..2) {
        Some("0x") => (16, &lexeme[2..]),
        Some("0o") => (8, &lexeme[2..]),
        Some("0b") => (2, &lexeme[2..]),
        Some(_) if cleaned.len() > 2 && cleaned.starts_with('0') => return None,
        _ => (10, lexeme),
    };
    let hex = |b: &u8| b.is_ascii_hexdigit();
    let decimal = |b: &u8| b.is_ascii_digit();
    let read = if radix == 16 {
        underscores(lexeme, hex).then(|| i128::from_str_radix(&digits.replace('_', ""), radix))
    } else {
        underscores(lexeme, decimal).then(|| i128::from_str_radix(&digits.replace('_', ""), radix))
    };
    read?.ok().filter(|value| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(value))
}

/// Go converts what is beyond the signed half into a negative number.
#[allow(clippy::cast_possible_truncation, reason = "as Go does it")]
pub const fn wrap(value: i128) -> i64 {
    value as i64
}

/// A float.
fn float(lexeme: &str) -> Option<f64> {
    if lexeme.ends_with("inf") || lexeme.ends_with("nan") {
        return lexeme.parse().ok();
    }
    let read = lexeme.replace('_', "").parse().ok()?;
    underscores(lexeme, u8::is_ascii_digit).then_some(read).filter(|value: &f64| value.is_finite())
}

/// An underscore follows a digit and does not end the number (`numberContainsInvalidUnderscore`).
fn underscores(lexeme: &str, digit: impl Fn(&u8) -> bool) -> bool {
    let bytes = lexeme.as_bytes();
    lexeme.match_indices('_').all(|(at, _)| {
        at + 1 < bytes.len() && at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(&digit)
    })
}

/// What Go prints for a number, which is what a size or duration is given.
pub fn printed(lexeme: &str, scalar: Scalar) -> Option<String> {
    match scalar {
        Scalar::Integer => integer(lexeme).map(|value| value.to_string()),
        Scalar::Float => float(lexeme).map(|value| value.to_string()),
        _ => Some(lexeme.into()),
    }
}
