//! Versions of bklint itself.

/// `major.minor.patch`; what is not written is zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version([u16; 3]);

impl Version {
    /// The first one.
    pub const FIRST: Self = Self::new(0, 1, 0);

    /// Of these numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self([major, minor, patch])
    }

    /// This one.
    #[must_use]
    pub fn own() -> Self {
        let plain = env!("CARGO_PKG_VERSION").split(['-', '+']).next().unwrap_or_default();
        Self::parse(plain).unwrap_or(Self::FIRST)
    }

    /// Reads `1`, `1.2` or `1.2.3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        let mut given = text.split('.');
        for (at, number) in numbers.iter_mut().enumerate() {
            match given.next() {
                Some(digits) => *number = digits.parse().ok()?,
                None if at == 0 => return None,
                None => {}
            }
        }
        given.next().is_none().then_some(Self(numbers))
    }
}

/// Whether this version of bklint fits a requirement like `>=0.1, <2`; none if that is not one.
#[must_use]
pub fn requirement(text: &str) -> Option<bool> {
    let own = Version::own();
    let one = |text: &str| {
        let text = text.trim();
        let mut signs = ["<=", ">=", "<", ">", "="].into_iter();
        let (sign, rest) = signs.find_map(|sign| Some((sign, text.strip_prefix(sign)?)))?;
        let other = Version::parse(rest.trim())?;
        Some(match sign {
            "<=" => own <= other,
            ">=" => own >= other,
            "<" => own < other,
            ">" => own > other,
            _ => own == other,
        })
    };
    text.split(',').try_fold(true, |all, text| Some(one(text)? && all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements() {
        for (text, fits) in [
            (">=0.1", Some(true)),
            (">= 0.1.0, < 99", Some(true)),
            ("=99", Some(false)),
            ("<0.1", Some(false)),
            ("0.1", None),
            (">=", None),
            (">=1.2.3.4", None),
            ("", None),
        ] {
            assert_eq!(requirement(text), fits, "{text}");
        }
    }
}
