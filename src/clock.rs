//! Dates: seconds since 1970 to words and back, in UTC, by the Gregorian calendar throughout.
//!
//! Nothing here asks what time it is; that is [`World::now`](crate::world::World::now).

/// Seconds of a day. UTC has no others where certificates are concerned.
pub const DAY: i64 = 86_400;

/// The day in UTC, like `2026-11-11`.
#[must_use]
pub fn date(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The instant in UTC, like `2026-11-11T08:30:00Z`.
#[must_use]
pub fn instant(unix: i64) -> String {
    let second = unix.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", date(unix))
}

/// How many midnights (UTC) lie between two instants; negative if `to` is earlier.
///
/// Midnights rather than spans of 24 hours, so that it agrees with the dates printed beside it.
#[must_use]
pub fn days_between(from: i64, to: i64) -> i64 {
    to.div_euclid(DAY) - from.div_euclid(DAY)
}

/// Reads `2026-11-11T08:30:00Z`, with any offset and any fraction (dropped), or a date alone,
/// which is its midnight in UTC.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let year = number(&mut rest, 4)?;
    let month = lead(&mut rest, b"-").and_then(|()| number(&mut rest, 2))?;
    let day = lead(&mut rest, b"-").and_then(|()| number(&mut rest, 2))?;
    let days = days(year, month, day);
    // The 31st of June has a number of its own: the 1st of July's.
    if civil(days) != (year, month, day) {
        return None;
    }
    if rest.is_empty() {
        return Some(days * DAY);
    }

    lead(&mut rest, b"Tt ")?;
    let hour = number(&mut rest, 2)?;
    let minute = lead(&mut rest, b":").and_then(|()| number(&mut rest, 2))?;
    let second = lead(&mut rest, b":").and_then(|()| number(&mut rest, 2))?;
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if lead(&mut rest, b".").is_some() {
        number(&mut rest, 1)?;
        while number(&mut rest, 1).is_some() {}
    }
    let offset = match rest.split_first()? {
        (b'Z' | b'z', []) => 0,
        (sign @ (b'+' | b'-'), mut zone) => {
            let hours = number(&mut zone, 2)?;
            let minutes = lead(&mut zone, b":").and_then(|()| number(&mut zone, 2))?;
            if hours > 23 || minutes > 59 || !zone.is_empty() {
                return None;
            }
            let offset = hours * 3600 + minutes * 60;
            if *sign == b'+' { offset } else { -offset }
        }
        _ => return None,
    };
    Some(days * DAY + hour * 3600 + minute * 60 + second - offset)
}

/// Takes one byte out of `any`.
fn lead(rest: &mut &[u8], any: &[u8]) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    *rest = if any.contains(first) { tail } else { return None };
    Some(())
}

/// Takes exactly `digits` digits.
fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(digits)?;
    let value = head.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
    })?;
    *rest = tail;
    Some(value)
}

// Both conversions count years from March, so that the leap day is a year's last day, in eras of
// 400 years, after which the calendar repeats. 719,468 days lie between 0000-03-01 and 1970.

/// Year, month and day of a day counted from 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The day's number counted from 1970.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let day = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_794_355_200), "2026-11-11");
        assert_eq!(date(253_402_300_799), "9999-12-31");
        assert_eq!(date(-62_167_219_200), "0000-01-01");
        assert_eq!(instant(951_782_400 + 3_661), "2000-02-29T01:01:01Z");
        assert!(date(i64::MAX).ends_with("-12-04"), "{}", date(i64::MAX));
        assert!(date(i64::MIN).starts_with('-'), "{}", date(i64::MIN));
    }

    #[test]
    fn every_day_of_a_thousand_years_comes_back() {
        for day in days(1600, 1, 1)..days(2600, 1, 1) {
            assert_eq!(parse_rfc3339(&date(day * DAY)), Some(day * DAY));
        }
    }

    #[test]
    fn instants() {
        let noon = Some(1_794_355_200 + DAY / 2);
        for text in [
            "2026-11-11T12:00:00Z",
            "2026-11-11t12:00:00z",
            "2026-11-11 12:00:00.999Z",
            "2026-11-11T14:30:00+02:30",
            "2026-11-10T23:00:00-13:00",
            "2026-11-11T11:59:60Z",
        ] {
            assert_eq!(parse_rfc3339(text), noon, "{text}");
        }
    }

    #[test]
    fn not_instants() {
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-00-01",
            "2026-13-01",
            "2026-02-29",
            "2026-06-31",
            "2026-11-11T",
            "2026-11-11T12:00",
            "2026-11-11T12:00:00",
            "2026-11-11T24:00:00Z",
            "2026-11-11T12:00:61Z",
            "2026-11-11T12:00:00.Z",
            "2026-11-11T12:00:00Zz",
            "2026-11-11T12:00:00+01",
            "2026-11-11T12:00:00+24:00",
            "+026-11-11",
            "２０２６-11-11",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn midnights() {
        assert_eq!(days_between(DAY - 1, DAY), 1);
        assert_eq!(days_between(DAY, 2 * DAY - 1), 0);
        assert_eq!(days_between(DAY, DAY - 1), -1);
        assert!(days_between(i64::MIN, i64::MAX) > 0);
    }
}
