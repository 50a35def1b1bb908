//! What the loader makes of a file.

use super::classify::{Class, Unknown};
use super::fault::Fault;
use super::quirk;
use crate::model::Config;
use crate::release::Releases;
use crate::schema::Key;
use crate::source::Span;
use crate::tree::NodeId;

/// A header or array that was written where it has no effect, or more effect than meant.
#[derive(Clone, Debug)]
pub enum Oddity {
    /// A header on a scalar, without content.
    EmptyHeader {
        /// The header.
        node: NodeId,
        /// What the key takes.
        key: &'static Key,
    },
    /// A second spelling of an array of tables threw away what stood before.
    Emptied {
        /// The header.
        node: NodeId,
        /// How many tables were lost.
        lost: usize,
    },
    /// A key in other letter case than upstream's.
    Case {
        /// The part of the path.
        span: Span,
        /// What it is called.
        name: &'static str,
    },
    /// The same key again in other letter case; the later one wins.
    Overwritten {
        /// The key that lost.
        first: Span,
        /// The key that won.
        second: Span,
    },
}

/// What the loader makes of a file.
#[derive(Debug)]
pub struct Decoded<'s> {
    /// The typed configuration, as far as it could be read.
    pub config: Config<'s>,
    /// Why the file is refused; empty if it loads. In the order of the text.
    pub faults: Vec<Fault>,
    /// What has no effect, in the order of the text.
    pub unknown: Vec<Unknown<'s>>,
    /// What works otherwise than it looks.
    pub oddities: Vec<Oddity>,
}

impl Decoded<'_> {
    /// Whether all releases of the target take the file; nothing if that hangs on releases whose
    /// decoder is not modelled.
    #[must_use]
    pub fn loads(&self, target: Releases) -> Option<bool> {
        let modelled = |fault: &Fault| fault.only.unwrap_or(target).to >= quirk::GO_TOML;
        if self.faults.iter().any(modelled) {
            Some(false)
        } else {
            target.all_since(quirk::GO_TOML).then_some(true)
        }
    }

    /// Whether a key stands misspelt in some table of that name. A rule about its lack would say
    /// the same once more.
    #[must_use]
    pub fn is_misspelt(&self, table: &str, key: &str) -> bool {
        self.unknown.iter().any(|unknown| {
            let above = unknown.at.checked_sub(1).and_then(|above| unknown.path.get(above));
            matches!(unknown.class, Class::Misspelt(known) if known == key)
                && above.is_some_and(|above| above == table)
        })
    }

    /// Whether one of the reasons to refuse the file stands within a place.
    #[must_use]
    pub fn is_refused_within(&self, span: Span) -> bool {
        let at = self.faults.partition_point(|fault| fault.span.start < span.start);
        let mut behind = self.faults.iter().skip(at).take_while(|f| f.span.start <= span.end);
        behind.any(|fault| fault.span.end <= span.end)
    }

    /// Whether the loader crashes instead of ending with an error: it stops at the first fault.
    #[must_use]
    pub fn crashes(&self) -> bool {
        self.faults.first().is_some_and(Fault::crashes)
    }
}
