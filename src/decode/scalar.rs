//! Scalars without quotes, and the two texts that buildkitd reads on its own: durations, sizes.
//!
//! Two steps, as in go-toml v2.3: scanning decides where a value ends and happens to every value;
//! reading decides what it is and happens only to values of known keys.

use crate::model::{Bytes, Nanos, SECOND};

/// What a scalar without quotes looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar {
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Integer,
    /// A float.
    Float,
    /// A date, a time or both.
    Date {
        /// It has a date.
        date: bool,
        /// It has a time.
        time: bool,
        /// It has an offset.
        zone: bool,
    },
}

/// Scans a value at the start of `rest`, the document from there on. It must end where the
/// tree says it does, after `len` bytes.
#[must_use]
pub fn scan(rest: &str, len: usize) -> Option<Scalar> {
    let bytes = rest.as_bytes();
    let (scalar, end) = match bytes.first()? {
        b't' => (Scalar::Bool(true), rest.starts_with("true").then_some(4)?),
        b'f' => (Scalar::Bool(false), rest.starts_with("false").then_some(5)?),
        _ if bytes.len() >= 3 && looks_like_date(bytes) => date(bytes),
        _ => number(bytes)?,
    };
    let passed = || end == len + 1 && bytes.get(len..).is_some_and(is_unseen);
    (end == len || passed()).then_some(scalar)
}

/// Whether what stands behind a date can do without its first byte, which [`date`] may have passed
/// over.
fn is_unseen(rest: &[u8]) -> bool {
    match rest {
        [b' ' | b'\t', ..] | [b'\r', b'\n', ..] => true,
        [b'\n', rest @ ..] => rest.trim_ascii_start().first().is_none_or(|b| *b == b'#'),
        _ => false,
    }
}

fn looks_like_date(bytes: &[u8]) -> bool {
    let at = bytes.iter().take(5).position(|b| !b.is_ascii_digit());
    matches!(at.map(|at| (at, bytes[at])), Some((2, b':') | (4, b'-')))
}

fn date(bytes: &[u8]) -> (Scalar, usize) {
    let (mut date, mut time, mut zone, mut spaced) = (false, false, false, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {}
            b'-' => {
                date = true;
                zone |= at >= 8;
            }
            b'T' | b't' | b':' | b'.' => time = true,
            b'+' | b'Z' | b'z' => zone = true,
            b' ' if !spaced && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                // The byte after the digit is passed over unseen.
                at = (at + 2).min(bytes.len() - 1);
                spaced = true;
                time = true;
            }
            _ => break,
        }
        at += 1;
    }
    (Scalar::Date { date: date || !time, time, zone }, at)
}

fn number(bytes: &[u8]) -> Option<(Scalar, usize)> {
    if bytes.len() > 2 && bytes[0] == b'0' && !matches!(bytes[1], b'.' | b'e' | b'E') {
        let digit: fn(&u8) -> bool = match bytes[1] {
            b'x' => |b| b.is_ascii_hexdigit() || *b == b'_',
            b'o' => |b| matches!(b, b'0'..=b'7' | b'_'),
            b'b' => |b| matches!(b, b'0' | b'1' | b'_'),
            _ => return Some((Scalar::Integer, 1)),
        };
        let digits = bytes[2..].iter().take_while(|b| digit(b)).count();
        return Some((Scalar::Integer, 2 + digits));
    }
    let mut float = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'+' | b'-' | b'_' => {}
            b'.' | b'e' | b'E' => float = true,
            b'i' | b'n' => {
                let word = &bytes[at..];
                let known = word.starts_with(b"inf") || word.starts_with(b"nan");
                return known.then_some((Scalar::Float, at + 3));
            }
            _ => break,
        }
        at += 1;
    }
    (at > 0).then_some((if float { Scalar::Float } else { Scalar::Integer }, at))
}

/// Reads an integer lexeme.
#[must_use]
pub fn integer(lexeme: &str) -> Option<i64> {
    let prefixed = |radix, rest: &str| i64::from_str_radix(&underscores(rest)?, radix).ok();
    if lexeme.len() > 2 {
        match lexeme.get(..2) {
            Some("0x") => return prefixed(16, &lexeme[2..]),
            Some("0o") => return prefixed(8, &lexeme[2..]),
            Some("0b") => return prefixed(2, &lexeme[2..]),
            _ => {}
        }
    }
    let cleaned = underscores(lexeme)?;
    let digits = cleaned.strip_prefix(['+', '-']).unwrap_or(&cleaned);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    cleaned.parse().ok()
}

/// Takes out underscores that stand between digits.
fn underscores(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.starts_with('_') || digits.ends_with('_') || text.contains("__") {
        return None;
    }
    Some(text.replace('_', ""))
}

/// Whether a float lexeme is one.
#[must_use]
pub fn is_float(lexeme: &str) -> bool {
    let bare = lexeme.strip_prefix(['+', '-']).unwrap_or(lexeme);
    if matches!(bare, "inf" | "nan") {
        return true;
    }
    if ["__", "_e", "_E", "e_", "E_", "._", "_.", "_+", "_-", "+_", "-_"]
        .iter()
        .any(|bad| lexeme.contains(bad))
        || lexeme.starts_with('_')
        || lexeme.ends_with('_')
    {
        return false;
    }
    let cleaned = lexeme.replace('_', "");
    let bytes = cleaned.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let mut dots = 0;
    for (at, _) in cleaned.match_indices('.') {
        dots += 1;
        if dots > 1 || !digit(at.checked_sub(1)) || !digit(Some(at + 1)) {
            return false;
        }
    }
    let start = usize::from(cleaned.starts_with(['+', '-']));
    if bytes.get(start) == Some(&b'0') && digit(Some(start + 1)) {
        return false;
    }
    cleaned.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && cleaned.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a date lexeme is one.
#[must_use]
pub fn is_date(lexeme: &str, scalar: Scalar) -> bool {
    let Scalar::Date { date, time, zone } = scalar else { return false };
    let text = lexeme.as_bytes();
    match (date, time, zone) {
        (true, true, true) => rest_of_local(text).is_some_and(is_zone),
        (true, true, false) => rest_of_local(text).is_some_and(<[u8]>::is_empty),
        (false, ..) => rest_of_time(text).is_some_and(<[u8]>::is_empty),
        (true, false, _) => is_day(text),
    }
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0')))
}

fn is_day(text: &[u8]) -> bool {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return false };
    let (Some(year), Some(month), Some(day)) =
        (digits(&[*y0, *y1, *y2, *y3]), digits(&[*m0, *m1]), digits(&[*d0, *d1]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn rest_of_local(text: &[u8]) -> Option<&[u8]> {
    let (day, rest) = text.split_at_checked(10)?;
    let (separator, time) = rest.split_first()?;
    (is_day(day) && matches!(separator, b'T' | b't' | b' ')).then(|| rest_of_time(time))?
}

fn rest_of_time(text: &[u8]) -> Option<&[u8]> {
    let (clock, rest) = text.split_at_checked(8)?;
    let (hour, minute, second) =
        (digits(&clock[..2])?, digits(&clock[3..5])?, digits(&clock[6..])?);
    if hour > 23 || minute > 59 || second > 59 || clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let count = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    (count > 0).then(|| &fraction[count..])
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h0, h1, b':', m0, m1] => {
            digits(&[*h0, *h1]).is_some_and(|hours| hours < 24)
                && digits(&[*m0, *m1]).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

/// Why a duration or a size is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// buildkitd says so and ends.
    Invalid,
    /// A string of one double quote: buildkitd crashes.
    LoneQuote,
}

/// `stripQuotes` of upstream's `gcpolicy.go`: one pair of quotes inside the string is dropped.
fn strip_quotes(text: &str) -> Result<&str, Refused> {
    match text.strip_prefix('"') {
        Some("") => Err(Refused::LoneQuote),
        Some(rest) => Ok(rest.strip_suffix('"').unwrap_or(text)),
        None => Ok(text),
    }
}

/// `Duration.UnmarshalText` of upstream's `gcpolicy.go`: Go's syntax, else integer seconds.
///
/// # Errors
/// How buildkitd refuses it.
pub fn duration(text: &str) -> Result<Nanos, Refused> {
    let text = strip_quotes(text)?;
    if text.is_empty() {
        return Ok(Nanos(0));
    }
    let seconds = || text.parse::<i64>().ok().map(|seconds| seconds.wrapping_mul(SECOND));
    go_duration(text).or_else(seconds).map(Nanos).ok_or(Refused::Invalid)
}

/// Go's `time.ParseDuration`.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as Go computes the fraction"
)]
fn go_duration(text: &str) -> Option<i64> {
    const LIMIT: u64 = 1 << 63;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let mut rest = unsigned;
    let mut total: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let whole = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut value: u64 = 0;
        for digit in rest[..whole].bytes() {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            if value > LIMIT {
                return None;
            }
        }
        rest = &rest[whole..];
        let (mut fraction, mut scale, mut places) = (0u64, 1f64, 0);
        if let Some(after) = rest.strip_prefix('.') {
            places = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let mut full = false;
            for digit in after[..places].bytes() {
                let next =
                    fraction.checked_mul(10).and_then(|f| f.checked_add(u64::from(digit - b'0')));
                match next.filter(|&next| !full && fraction <= (LIMIT - 1) / 10 && next <= LIMIT) {
                    Some(next) => {
                        fraction = next;
                        scale *= 10.0;
                    }
                    None => full = true,
                }
            }
            rest = &after[places..];
        }
        if whole == 0 && places == 0 {
            return None;
        }
        let end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
        let unit: u64 = match &rest[..end] {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        rest = &rest[end..];
        if value > LIMIT / unit {
            return None;
        }
        value *= unit;
        if fraction > 0 {
            value += (fraction as f64 * (unit as f64 / scale)) as u64;
        }
        total = total.checked_add(value).filter(|&total| value <= LIMIT && total <= LIMIT)?;
    }
    if text.starts_with('-') {
        return Some(total.cast_signed().wrapping_neg());
    }
    i64::try_from(total).ok()
}

/// `DiskSpace.UnmarshalText` of upstream's `gcpolicy.go` with go-units' `RAMInBytes`: a percentage
/// or bytes; all units are powers of 1024.
///
/// # Errors
/// How buildkitd refuses it.
pub fn size(text: &str) -> Result<Bytes, Refused> {
    let text = strip_quotes(text)?;
    if text.is_empty() {
        return Ok(Bytes::default());
    }
    if let Some(percent) = text.strip_suffix('%') {
        let percentage = percent.parse().map_err(|_| Refused::Invalid)?;
        return Ok(Bytes { bytes: 0, percentage });
    }
    ram_in_bytes(text).map(|bytes| Bytes { bytes, percentage: 0 }).ok_or(Refused::Invalid)
}

#[allow(clippy::cast_possible_truncation, reason = "checked; beyond is what amd64 makes of it")]
fn ram_in_bytes(text: &str) -> Option<i64> {
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let (number, unit) = text.split_at(last + 1);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-' | '_');
    if !number.chars().all(plain) || !underscores_separate_digits(number) {
        return None;
    }
    let value: f64 =
        number.replace('_', "").parse().ok().filter(|value: &f64| value.is_finite())?;
    if value < 0.0 || unit.len() > 3 {
        return None;
    }
    let power = match unit.to_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    let bytes = value * 1024f64.powi(power);
    // Go's conversion gives the smallest integer on amd64 where a float does not fit.
    Some(if bytes >= 9_223_372_036_854_775_808.0 { i64::MIN } else { bytes as i64 })
}

fn underscores_separate_digits(number: &str) -> bool {
    let bytes = number.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    number.match_indices('_').all(|(at, _)| digit(at.checked_sub(1)) && digit(Some(at + 1)))
}
