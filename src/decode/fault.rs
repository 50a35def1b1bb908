//! Why the loader refuses a file: typed, words left out.

use std::rc::Rc;

use crate::release::Releases;
use crate::schema::Kind;
use crate::source::Span;
use crate::tree::{NodeId, SyntaxKind};

/// Why the loader refuses a file.
#[derive(Clone, Copy, Debug)]
pub enum FaultKind {
    /// The document does not hang together.
    Syntax(SyntaxKind),
    /// U+FEFF at the beginning.
    ByteOrderMark,
    /// Bytes that are not UTF-8.
    InvalidUtf8 {
        /// How many.
        count: usize,
    },
    /// A carriage return without a line feed.
    LoneCr {
        /// How many.
        count: usize,
    },
    /// A control character in a comment or string.
    ControlCharacter,
    /// A character that a key without quotes cannot hold.
    BareKey,
    /// A key in triple quotes.
    MultilineKey,
    /// An escape that TOML 1.0 does not know.
    Escape,
    /// A scalar that is none: text without quotes, `True`, `1_`.
    NotAValue,
    /// A line end inside an inline table.
    InlineNewline,
    /// A comma before the closing brace.
    InlineComma,
    /// A value of another type.
    WrongType {
        /// What the key takes.
        wanted: Kind,
    },
    /// An integer that is malformed or beyond 64 bits.
    Integer,
    /// A float that is malformed.
    Float,
    /// A date or time that does not exist.
    Date,
    /// A text that is no duration.
    Duration,
    /// A text that is no size.
    Size,
    /// A duration or size of one double quote.
    LoneQuote,
    /// The same key twice.
    DuplicateKey {
        /// The first one.
        first: Span,
    },
    /// The same header twice, or a header after dotted keys.
    DuplicateTable {
        /// The first one.
        first: Span,
    },
    /// Dotted keys into a table that has a header.
    Redefined {
        /// The header.
        first: Span,
    },
    /// A value is used as a table.
    NotATable {
        /// The value.
        first: Span,
    },
    /// `[x]` and `[[x]]`.
    MixedBrackets {
        /// The first one.
        first: Span,
    },
    /// `[x]` where only `[[x]]` will do.
    SingleBrackets,
    /// `[[x]]` where only `[x]` will do.
    DoubleBrackets {
        /// What the key takes.
        wanted: Kind,
    },
    /// A header on something that is no table.
    HeaderOnValue {
        /// What the key takes.
        wanted: Kind,
    },
    /// A text for a size or duration, which is an integer still.
    TextTooEarly {
        /// What the key takes in the newest release.
        wanted: Kind,
    },
    /// `[]` where an array of tables is wanted.
    EmptyList,
    /// `[` or `]` in the quotes of a header.
    BracketInHeader,
    /// A key below something that is no table.
    BelowScalar {
        /// What the key above takes.
        wanted: Kind,
    },
    /// A header below something that is no table: the loader crashes.
    HeaderBelowScalar {
        /// What the key above takes.
        wanted: Kind,
    },
}

/// A reason to refuse the file.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub span: Span,
    /// A file may hold millions of faults of one key, which share its name.
    pub(super) key: Option<Rc<str>>,
    pub(super) node: Option<u32>,
    /// Where what it belongs to stands, such as an opening bracket.
    pub context: Option<Span>,
    /// The releases that see it, if not all of the target do.
    pub only: Option<Releases>,
}

impl Fault {
    pub(super) const fn new(kind: FaultKind, span: Span) -> Self {
        Self { kind, span, key: None, node: None, context: None, only: None }
    }

    pub(super) fn at(self, node: Option<NodeId>) -> Self {
        Self { node: node.and_then(|node| u32::try_from(node).ok()), ..self }
    }

    /// The key as the user would write it; empty if none is concerned.
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The node of the value, header or pair.
    #[must_use]
    pub fn node(&self) -> Option<NodeId> {
        self.node.map(|node| node as NodeId)
    }

    /// Whether the loader crashes here, if it comes that far.
    #[must_use]
    pub const fn crashes(&self) -> bool {
        matches!(self.kind, FaultKind::HeaderBelowScalar { .. } | FaultKind::LoneQuote)
    }
}
