//! Releases of BuildKit, and the span of them that a file must suit.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A release of BuildKit, `0.minor.patch`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Release {
    /// The second number.
    pub minor: u16,
    /// The third number; [`LAST_PATCH`] if only the line is named.
    pub patch: u16,
}

/// A line of releases without a patch number means the last of it, which is what its users run.
pub const LAST_PATCH: u16 = u16::MAX;

/// The first release with a `buildkitd.toml`.
pub const OLDEST: Release = Release::new(3, 0);

/// The newest release that bklint knows; all its facts were taken from it.
pub const NEWEST: Release = Release::new(32, 2);

/// Tags of `moby/buildkit` that move with the newest release.
const MOVING: &[&str] = &["buildx-stable-1", "latest", "rootless", "master", "nightly"];

impl Release {
    /// `0.minor.patch`
    #[must_use]
    pub const fn new(minor: u16, patch: u16) -> Self {
        Self { minor, patch }
    }

    /// As people call it: `v0.17` for the first and the last of a line, else `v0.10.6`.
    #[must_use]
    pub fn name(self) -> String {
        match self.patch {
            0 | LAST_PATCH => format!("v0.{}", self.minor),
            patch => format!("v0.{}.{patch}", self.minor),
        }
    }

    /// Of a line, the first release; a release with a patch number is itself.
    #[must_use]
    pub const fn first(self) -> Self {
        match self.patch {
            LAST_PATCH => Self::new(self.minor, 0),
            _ => self,
        }
    }

    /// The last one that is older.
    #[must_use]
    pub const fn before(self) -> Self {
        match self.patch {
            0 => Self::line(self.minor.saturating_sub(1)),
            patch => Self::new(self.minor, patch - 1),
        }
    }

    /// The last release of `0.minor`.
    #[must_use]
    pub const fn line(minor: u16) -> Self {
        Self { minor, patch: LAST_PATCH }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patch {
            LAST_PATCH => write!(f, "0.{}", self.minor),
            patch => write!(f, "0.{}.{patch}", self.minor),
        }
    }
}

impl FromStr for Release {
    type Err = String;

    /// Takes `0.17`, `v0.17.2`, a tag of `moby/buildkit`, or the whole name of the image.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a release like 0.17");
        let image = text.split('@').next().unwrap_or(text);
        let name = image.rsplit('/').next().unwrap_or(image);
        let tag = match name.split_once(':') {
            Some((_, tag)) => tag,
            None if image.contains('/') => "latest",
            None => name,
        };
        let flavour = |word: &str| tag.strip_prefix(word).is_some_and(is_suffix);
        if MOVING.iter().any(|word| flavour(word)) {
            return Ok(Self::line(NEWEST.minor));
        }
        let numbers = tag.strip_prefix('v').unwrap_or(tag);
        let numbers = numbers.split_once('-').map_or(numbers, |(numbers, _)| numbers);
        let mut numbers = numbers.split('.').map(u16::from_str);
        let release = match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(0)), Some(Ok(minor)), None, None) => Self::line(minor),
            (Some(Ok(0)), Some(Ok(minor)), Some(Ok(patch)), None) => Self::new(minor, patch),
            _ => return Err(wrong()),
        };
        if release < OLDEST {
            return Err(format!("{release} has no buildkitd.toml, which came with 0.3"));
        }
        Ok(release)
    }
}

/// What may follow a tag's word or numbers, such as `-rootless`.
fn is_suffix(text: &str) -> bool {
    text.is_empty() || text.starts_with('-')
}

/// The releases that a file must suit, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Releases {
    /// The oldest.
    pub from: Release,
    /// The newest.
    pub to: Release,
}

impl Releases {
    /// One release alone.
    #[must_use]
    pub const fn only(release: Release) -> Self {
        Self { from: release, to: release }
    }

    /// In words: `v0.28 to v0.32`, `v0.13.0 to v0.13.1`, `v0.12`.
    #[must_use]
    pub fn words(self) -> String {
        let Self { from, to } = self;
        let whole = matches!(from.patch, 0 | LAST_PATCH) && to.patch == LAST_PATCH;
        match from.minor == to.minor {
            true if whole || from == to => to.name(),
            true if to.patch == LAST_PATCH => format!("v{from} to {}.x", to.name()),
            true => format!("v{from} to v{to}"),
            false => format!("{} to {}", from.name(), to.name()),
        }
    }

    /// Whether all of them are of that release or newer: a change made there holds for each.
    #[must_use]
    pub fn all_since(self, release: Release) -> bool {
        self.from >= release
    }

    /// Whether some are older than that release.
    #[must_use]
    pub fn some_before(self, release: Release) -> bool {
        self.from < release
    }

    /// Whether all are older than that release.
    #[must_use]
    pub fn all_before(self, release: Release) -> bool {
        self.to < release
    }
}

impl Default for Releases {
    fn default() -> Self {
        Self::only(Release::line(NEWEST.minor))
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            write!(f, "{}", self.to)
        } else {
            write!(f, "{}..{}", self.from, self.to)
        }
    }
}

impl FromStr for Releases {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let (from, to): (Release, Release) = (from.parse()?, to.parse()?);
        if from > to {
            return Err(format!("{from} is newer than {to}"));
        }
        Ok(Self { from, to })
    }
}

impl Serialize for Releases {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_in_the_forms_people_have_at_hand() {
        let text = |text: &str| text.parse::<Releases>().map(|releases| releases.to_string());
        for (written, read) in [
            ("0.17", "0.17"),
            ("v0.17.2", "0.17.2"),
            ("v0.17.2-rootless", "0.17.2"),
            ("v0.13.0-rc1", "0.13.0"),
            ("moby/buildkit:v0.17.2-rootless", "0.17.2"),
            ("harbor.corp.example:5000/hub/moby/buildkit:v0.17.2@sha256:00", "0.17.2"),
            ("moby/buildkit", "0.32"),
            ("moby/buildkit:buildx-stable-1-rootless", "0.32"),
            ("buildx-stable-1", "0.32"),
            ("latest", "0.32"),
            ("0.13..0.32", "0.13..0.32"),
            ("v0.13.1..buildx-stable-1", "0.13.1..0.32"),
        ] {
            assert_eq!(text(written).as_deref(), Ok(read), "{written}");
        }
        for wrong in [
            "",
            "17",
            "0.32..0.13",
            "0.x",
            "0.1.2.3",
            "..",
            "0.1.x",
            "1.0",
            "0.2",
            "latestish",
            "moby/buildkit:",
        ] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_is_its_last_release() {
        assert!(Release::line(13) > Release::new(13, 2) && Release::line(13) < Release::new(14, 0));
        let releases: Releases = "0.13..0.20".parse().unwrap();
        assert!(releases.all_since(Release::new(13, 2)));
        assert!(releases.some_before(Release::new(17, 0)));
        assert!(!releases.all_before(Release::new(17, 0)));
    }
}
