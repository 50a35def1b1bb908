//! How the decoders that BuildKit has used differ from the newest one: a dated table.
//!
//! The newest is go-toml v2.3; what it does needs no entry here. Facts are from the vendored
//! sources of each release, and held by the recorded verdicts of v0.11.6 and v0.27.1.

use crate::release::{OLDEST, Release, Releases};

/// Something that a decoder does otherwise than the newest one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quirk {
    /// A byte-order mark, bytes that are not UTF-8, carriage returns alone, and control characters
    /// in comments and literal strings pass (go-toml v1 `lexer.go`).
    LenientText,
    /// `\/` and lone surrogates are escapes, space behind a backslash is swallowed, and `\e` is
    /// none (`lexStringAsString`). A string ends at the first three quotes.
    OlderStrings,
    /// Line ends and comments may stand in inline tables.
    InlineNewlines,
    /// A header ends at its first bracket, and what stands in its quotes is taken as it is
    /// (`lexInsideTableKey`). Space behind a dot is not always allowed (`lexKey`, `parseKey`).
    RawHeaders,
    /// Every value is read, also of unknown keys, and with another grammar (`lexNumber`,
    /// `lexDateTime`). Integers up to 2⁶⁴ pass and wrap.
    OlderScalars,
    /// A key is known in four spellings: its own, all lower, all upper, its first letter lower
    /// (`valueFromTree` in `marshal.go`).
    FourSpellings,
    /// The structs that upstream embeds in a worker's, `GCConfig` and `NetworkConfig`, are tables
    /// too.
    EmbeddedNames,
    /// All tables are merged before anything is decoded (`parser.go`).
    MergedTables,
    /// What is made a table by a header must be one; nothing crashes.
    HeadersMakeTables,
    /// `[]` is no empty array of tables (`isOtherSequence`).
    NoEmptyLists,
    /// A size or duration is given a number's value, not its digits (`unmarshalText`).
    NumbersByValue,
    /// Sizes and durations are integers (`gcpolicy.go` of v0.11).
    IntegerSizes,
    /// A size or duration takes an array or inline table for an empty text (go-toml v2.2
    /// `handleValue`).
    ContainersAsText,
}

/// The first release with go-toml; before it, `BurntSushi/toml` did the work.
pub const GO_TOML: Release = Release::new(10, 0);
/// The first release whose sizes and durations are texts.
const TEXTS: Release = Release::new(12, 0);
/// The first release with go-toml v2.
pub const GO_TOML_2: Release = Release::new(28, 0);
/// The first release with go-toml v2.3.
const GO_TOML_2_3: Release = Release::new(31, 0);

/// From which release on, and before which one.
#[rustfmt::skip]
const TABLE: &[(Quirk, Release, Release)] = &[
    (Quirk::LenientText,         OLDEST,    GO_TOML_2),
    (Quirk::OlderStrings,        OLDEST,    GO_TOML_2),
    (Quirk::InlineNewlines,      OLDEST,    GO_TOML_2),
    (Quirk::RawHeaders,          GO_TOML,   GO_TOML_2),
    (Quirk::OlderScalars,        OLDEST,    GO_TOML_2),
    (Quirk::FourSpellings,       GO_TOML,   GO_TOML_2),
    (Quirk::EmbeddedNames,       GO_TOML,   GO_TOML_2),
    (Quirk::MergedTables,        OLDEST,    GO_TOML_2),
    (Quirk::HeadersMakeTables,   OLDEST,    GO_TOML_2),
    (Quirk::NoEmptyLists,        GO_TOML,   GO_TOML_2),
    (Quirk::NumbersByValue,      TEXTS,     GO_TOML_2),
    (Quirk::IntegerSizes,        OLDEST,    TEXTS),
    (Quirk::ContainersAsText,    GO_TOML_2, GO_TOML_2_3),
];

/// The releases at which the decoder changed, the newest first.
pub const CHANGES: &[Release] = &[GO_TOML_2_3, GO_TOML_2, TEXTS, GO_TOML];

/// The quirks of one release.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Quirks(u16);

impl Quirks {
    /// Those of a release; the newest has none.
    #[must_use]
    pub fn of(release: Release) -> Self {
        let holds =
            |&&(_, from, until): &&(Quirk, Release, Release)| from <= release && release < until;
        Self(TABLE.iter().filter(holds).fold(0, |bits, (quirk, ..)| bits | 1 << *quirk as u16))
    }

    /// Whether the release has it.
    #[must_use]
    pub const fn has(self, quirk: Quirk) -> bool {
        self.0 & 1 << quirk as u16 != 0
    }
}

/// Splits a target where the decoder changes, the newest part first.
pub fn parts(target: Releases) -> impl Iterator<Item = Releases> {
    let starts =
        CHANGES.iter().copied().filter(move |&change| target.from < change && change <= target.to);
    let mut to = target.to;
    starts.chain([target.from]).map(move |from| {
        let part = Releases { from, to };
        to = from.before();
        part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_dated_within_the_changes() {
        for (quirk, from, until) in TABLE {
            let known = |release| CHANGES.contains(release) || *release == OLDEST;
            assert!(from < until && known(from) && known(until), "{quirk:?}");
        }
        assert_eq!(Quirks::of(crate::release::NEWEST), Quirks::default());
        assert!(Quirks::of(Release::new(11, 6)).has(Quirk::IntegerSizes));
        assert!(!Quirks::of(Release::line(12)).has(Quirk::IntegerSizes));
    }

    #[test]
    fn a_target_is_split_where_the_decoder_changes() {
        let split = |text: &str| -> Vec<String> {
            parts(text.parse().unwrap()).map(|part| part.to_string()).collect()
        };
        assert_eq!(split("0.32"), ["0.32"]);
        assert_eq!(split("0.17.1..0.27"), ["0.17.1..0.27"]);
        assert_eq!(
            split("0.9..0.32"),
            ["0.31.0..0.32", "0.28.0..0.30", "0.12.0..0.27", "0.10.0..0.11", "0.9"]
        );
    }
}
