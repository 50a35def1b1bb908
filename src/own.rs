//! What is wrong with bklint's own files and comments. Typed, like the faults of `buildkitd.toml`;
//! the rules of the group `bklint` put each kind into words.

use crate::config::document::Value;
use crate::levels::UnknownRule;
use crate::source::{Source, Span};

/// A fault and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub kind: FaultKind,
}

/// The kinds of faults.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// A file is no TOML; what is wrong there.
    Malformed(&'static str),
    /// A key that bklint does not know.
    UnknownKey {
        /// The key.
        name: String,
        /// Where it stands.
        place: String,
        /// What was probably meant.
        near: Option<&'static str>,
        /// The table that has a key of that name.
        home: Option<&'static str>,
    },
    /// A value that the key does not take.
    Value {
        /// The key.
        key: String,
        /// What it takes, with an article.
        wanted: String,
        /// What is there, with an article.
        found: &'static str,
    },
    /// What a key says comes to nothing, such as arguments that another program would not take.
    Argument {
        /// The key.
        key: String,
        /// Why not.
        why: String,
    },
    /// A name that is no rule's.
    UnknownRule(UnknownRule),
    /// A preset that cannot be used; why.
    Preset {
        /// As written.
        name: String,
        /// Why not.
        why: String,
    },
    /// Another version of bklint is wanted.
    RequiredVersion {
        /// As written.
        wanted: String,
    },
    /// A level below what may not be lowered.
    Weakened {
        /// The rule.
        rule: String,
        /// Who said so.
        by: String,
    },
    /// An entry whose day is past.
    Expired {
        /// What it silences.
        what: String,
        /// The last day.
        until: String,
        /// What to take away to be rid of it, if that can be done.
        whole: Option<Span>,
    },
    /// A rule of the organisation's that lacks something.
    Policy {
        /// What.
        why: String,
    },
    /// A key pattern that leads to no key.
    PolicyKey {
        /// Why not.
        why: String,
    },
    /// A condition that cannot be read, or never holds.
    PolicyCondition {
        /// Why not.
        why: String,
    },
    /// A comment for bklint that cannot be read.
    Comment {
        /// Why not.
        why: String,
        /// What was probably meant, and in place of what.
        instead: Option<(String, Span)>,
    },
    /// A comment with nothing to silence.
    Unused {
        /// The rule.
        what: String,
        /// It said that there would be something.
        expected: bool,
        /// What to take away to be rid of it.
        whole: Option<Span>,
    },
    /// A comment that does not say why.
    NoReason {
        /// Where the reason belongs.
        end: Span,
    },
}

impl Fault {
    /// A value that the key does not take.
    #[must_use]
    pub fn value(span: Span, key: &str, wanted: String, found: &Value) -> Self {
        let kind = FaultKind::Value { key: key.to_owned(), wanted, found: found.kind() };
        Self { span, kind }
    }

    /// A key with which nothing is said.
    #[must_use]
    pub fn empty(span: Span, key: &str, why: &str) -> Self {
        let kind = FaultKind::Argument { key: key.to_owned(), why: why.to_owned() };
        Self { span, kind }
    }
}

/// What the rules of the group `bklint` look at.
pub struct Own<'a> {
    /// The text: a `bklint.toml`, or a file with comments for bklint.
    pub source: &'a Source,
    /// What is wrong with it.
    pub faults: &'a [Fault],
}
