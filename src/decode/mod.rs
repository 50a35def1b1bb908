//! What buildkitd's own loader makes of a tree: the typed model, the keys without effect, and
//! every reason to refuse the file.
//!
//! The loader is `config.LoadFile` of `cmd/buildkitd/config`, which uses go-toml v2.3 (since
//! v0.28), never strict: it decodes pair by pair into structs, and what it does with a key that
//! meets another sort of value follows from Go's reflection. It stops at the first fault; here
//! all are found.

pub mod classify;
pub mod lexical;
pub mod scalar;
mod seen;

use std::borrow::Cow;

use crate::model::{
    Assigned, Bytes, Config, Element, Field, FreeTable, Keyed, Label, Leaf, Nanos, Rows, Slot,
    StringMap,
};
use crate::schema::{Key, Kind};
use crate::source::{Source, Span};
use crate::tree::{KeyId, NodeId, NodeKind, SyntaxKind, Tree, unquote};
use classify::{Class, classify};
use scalar::Scalar;
use seen::{Part, Seen};

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
    /// The key as the user would write it, if one is concerned.
    pub key: String,
    /// The node of the value, header or pair.
    pub node: Option<NodeId>,
    /// Where what it belongs to stands, such as an opening bracket.
    pub context: Option<Span>,
}

impl Fault {
    const fn new(kind: FaultKind, span: Span) -> Self {
        Self { kind, span, key: String::new(), node: None, context: None }
    }

    /// Whether the loader crashes here, if it comes that far.
    #[must_use]
    pub const fn crashes(&self) -> bool {
        matches!(self.kind, FaultKind::HeaderBelowScalar { .. } | FaultKind::LoneQuote)
    }
}

/// A key or header that the loader passes over.
#[derive(Clone, Debug)]
pub struct Unknown<'s> {
    /// From the root: header, dotted key, inline tables.
    pub path: Vec<Cow<'s, str>>,
    /// The first part of the path that is not known.
    pub at: usize,
    /// The span of that part.
    pub part: Span,
    /// The whole dotted key or header path where it stands.
    pub span: Span,
    /// The pair or header.
    pub node: NodeId,
    /// The keys of the table in which it was looked up.
    pub table: &'static [Key],
    /// Why it has no effect.
    pub class: Class,
}

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
    /// Whether the loader crashes instead of ending with an error: it stops at the first fault.
    #[must_use]
    pub fn crashes(&self) -> bool {
        self.faults.first().is_some_and(Fault::crashes)
    }
}

/// Decodes a tree.
#[must_use]
pub fn decode<'s>(source: &'s Source, tree: &Tree) -> Decoded<'s> {
    let mut decoder = Decoder {
        source,
        tree,
        faults: lexical::check(source, tree),
        unknown: Vec::new(),
        oddities: Vec::new(),
        path: Vec::new(),
        node: 0,
    };
    for error in &tree.errors {
        decoder.faults.push(Fault {
            kind: FaultKind::Syntax(error.kind),
            span: error.span,
            key: String::new(),
            node: error.node,
            context: error.context,
        });
    }
    let mut config = Config::default();
    decoder.run(&mut config);
    decoder.faults.sort_by_key(|fault| fault.span.start);
    Decoded { config, faults: decoder.faults, unknown: decoder.unknown, oddities: decoder.oddities }
}

/// Where a header or a dotted key has led.
enum Place<'a, 's> {
    /// A table with known keys.
    Rows(&'a mut dyn Rows<'s>),
    /// The value of a known key.
    Slot(Slot<'a, 's>, &'static Key),
    /// A string without a key of its own: a label, an element of an array.
    Text(&'a mut Leaf<Cow<'s, str>>),
    /// A number inside a size or duration, which are structs for the loader.
    Inner(&'a mut i64),
    /// Inside a table of anything.
    Free(&'a mut FreeTable<'s>, Vec<Cow<'s, str>>),
    /// Nothing that takes keys; why is reported when one comes.
    Closed(Kind),
}

impl<'s> Place<'_, 's> {
    fn reborrow(&mut self) -> Place<'_, 's> {
        match self {
            Self::Rows(rows) => Place::Rows(&mut **rows),
            Self::Slot(slot, key) => Place::Slot(slot.reborrow(), key),
            Self::Text(text) => Place::Text(text),
            Self::Inner(number) => Place::Inner(number),
            Self::Free(table, path) => Place::Free(table, path.clone()),
            Self::Closed(kind) => Place::Closed(*kind),
        }
    }
}

/// Why a path leads nowhere.
#[derive(Clone, Copy)]
enum Stop {
    /// A key is not known, at this part; the keys that are.
    Unknown(usize, &'static [Key]),
    /// It is refused, at this part.
    Fault(usize, FaultKind),
}

struct Decoder<'s, 't> {
    source: &'s Source,
    tree: &'t Tree,
    faults: Vec<Fault>,
    unknown: Vec<Unknown<'s>>,
    oddities: Vec<Oddity>,
    /// The way from the root to the table that is being filled.
    path: Vec<Cow<'s, str>>,
    /// The header or pair that is being read.
    node: NodeId,
}

/// A struct's field by name: exact, else without regard to letter case.
fn field(keys: &'static [Key], worker: &str, name: &str) -> Option<usize> {
    use crate::schema::Only;
    let only = match worker {
        "oci" => Only::Oci,
        "containerd" => Only::Containerd,
        _ => Only::Any,
    };
    let known = |key: &&Key| key.only == Only::Any || key.only == only;
    let find =
        |same: &dyn Fn(&str) -> bool| keys.iter().position(|key| known(&key) && same(key.name));
    // Most keys are ASCII; Go folds the others too.
    find(&|known| known == name)
        .or_else(|| find(&|known| known.eq_ignore_ascii_case(name)))
        .or_else(|| find(&|known| !name.is_ascii() && lower(known) == lower(name)))
}

impl<'s> Decoder<'s, '_> {
    fn run(&mut self, config: &mut Config<'s>) {
        let tree = self.tree;
        let mut seen = Seen::new();
        let mut top = tree.top().peekable();
        while let Some((id, node)) = top.next() {
            self.node = id;
            self.path.clear();
            match &node.kind {
                NodeKind::Header { keys, array } => {
                    let parts = self.parts(keys);
                    if parts.is_empty() {
                        // A header without a name: what follows belongs to nobody.
                        while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                        continue;
                    }
                    let seen_before = seen.header(&parts, *array);
                    let first = seen_before.as_ref().is_ok_and(|first| *first);
                    let fault = seen_before.err();
                    if let Some((at, kind)) = fault {
                        self.fault_at(kind, &parts, at);
                        if let FaultKind::NotATable { .. } = kind {
                            while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                            continue;
                        }
                    }
                    match self.open(config, &parts, *array, first) {
                        Ok(mut place) => {
                            self.path = parts.iter().map(|part| part.0.clone()).collect();
                            while let Some((id, pair)) =
                                top.next_if(|(_, node)| is_pair(&node.kind))
                            {
                                self.node = id;
                                self.top_pair(&mut seen, &mut place, id, &pair.kind);
                            }
                        }
                        Err(stop) => {
                            // The loader passes over the pairs too, duplicates unseen.
                            if fault.is_none() {
                                self.stop(stop, &parts);
                            }
                            while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                        }
                    }
                }
                kind => self.top_pair(&mut seen, &mut Place::Rows(config), id, kind),
            }
        }
    }

    fn top_pair(
        &mut self,
        seen: &mut Seen<'s>,
        place: &mut Place<'_, 's>,
        id: NodeId,
        kind: &NodeKind,
    ) {
        let NodeKind::Pair { keys } = kind else { return };
        let parts = self.parts(keys);
        let fault = seen.pair(&parts).err();
        self.inline_duplicates(id + 1);
        if let Some((at, kind)) = fault {
            self.fault_at(kind, &parts, at);
        } else {
            self.pair(place.reborrow(), &parts, id);
        }
    }

    /// Each inline table is tracked on its own.
    fn inline_duplicates(&mut self, value: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.nodes.get(value) else { return };
        for id in value..node.end as usize {
            if tree.nodes.get(id).is_none_or(|node| node.kind != NodeKind::Inline || node.broken) {
                continue;
            }
            let mut seen = Seen::new();
            for (_, pair) in tree.children(id) {
                if let NodeKind::Pair { keys } = &pair.kind {
                    let parts = self.parts(keys);
                    if let Err((at, kind)) = seen.pair(&parts) {
                        self.fault_at(kind, &parts, at);
                    }
                }
            }
        }
    }

    fn parts(&self, keys: &std::ops::Range<KeyId>) -> Vec<Part<'s>> {
        let path = self.tree.path(keys);
        path.iter().map(|key| (unquote(self.source.slice(key.span), key.quote), key.span)).collect()
    }

    fn fault_at(&mut self, kind: FaultKind, parts: &[Part<'s>], at: usize) {
        let span = parts.get(at).or(parts.last()).map_or_else(Span::default, |part| part.1);
        let shown = self.path.iter().chain(parts.iter().take(at + 1).map(|part| &part.0));
        let key = dotted(shown);
        self.faults.push(Fault { kind, span, key, node: Some(self.node), context: None });
    }

    fn fault(&mut self, kind: FaultKind, value: NodeId, parts: &[Part<'s>]) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let key = dotted(self.path.iter().chain(parts.iter().map(|part| &part.0)));
        let context = parts.last().map(|part| part.1);
        self.faults.push(Fault { kind, span: node.span, key, node: Some(value), context });
    }

    fn stop(&mut self, stop: Stop, parts: &[Part<'s>]) {
        match stop {
            Stop::Fault(at, kind) => self.fault_at(kind, parts, at),
            Stop::Unknown(at, table) => {
                let (Some(first), Some(last), Some(part)) =
                    (parts.first(), parts.last(), parts.get(at))
                else {
                    return;
                };
                let path = self.path.iter().cloned();
                let unknown = Unknown {
                    path: path.chain(parts.iter().map(|part| part.0.clone())).collect(),
                    at: self.path.len() + at,
                    part: part.1,
                    span: first.1.to(last.1),
                    node: self.node,
                    table,
                    class: Class::Unknown,
                };
                let class = classify(&unknown, self.tree);
                self.unknown.push(Unknown { class, ..unknown });
            }
        }
    }

    /// Where a header leads: `handleTable` and `handleArrayTable` of go-toml.
    fn open<'a>(
        &mut self,
        config: &'a mut Config<'s>,
        parts: &[Part<'s>],
        array: bool,
        first: bool,
    ) -> Result<Place<'a, 's>, Stop> {
        let mut place = Place::Rows(config);
        for at in 0..parts.len() {
            place = self.step(place, parts, at, Some(array))?;
        }
        let last = parts.len() - 1;
        let span = parts[0].1.to(parts[last].1);
        match place {
            Place::Slot(Slot::List(list), _) if array => {
                list.mention(span);
                if first && list.count() > 0 {
                    self.oddities.push(Oddity::Emptied { node: self.node, lost: list.count() });
                    list.clear();
                }
                Ok(Place::Rows(list.push(span)))
            }
            Place::Slot(Slot::List(list), _) => {
                list.mention(span);
                let fault = Stop::Fault(last, FaultKind::SingleBrackets);
                list.last_mut().map(Place::Rows).ok_or(fault)
            }
            Place::Slot(Slot::Strs(leaf), key) => {
                // An array of strings takes no table; an empty one gives an empty string.
                let empty = leaf.items().is_empty();
                if !array && empty {
                    return Err(Stop::Fault(last, FaultKind::SingleBrackets));
                }
                if array {
                    if first && let Leaf::Set(field) = leaf {
                        field.value.clear();
                    }
                    let element = Element { span, value: Cow::Borrowed("") };
                    match leaf {
                        Leaf::Set(field) => field.value.push(element),
                        _ => *leaf = Leaf::Set(Field { key: span, span, value: vec![element] }),
                    }
                }
                self.oddities.push(Oddity::EmptyHeader { node: self.node, key });
                Ok(Place::Closed(key.kind))
            }
            Place::Free(table, path) => {
                table.entries.push(Assigned { path: path.clone(), value: None, array });
                Ok(Place::Free(table, path))
            }
            Place::Slot(Slot::Free(table), key) => {
                if array {
                    return Err(Stop::Fault(last, FaultKind::DoubleBrackets { wanted: key.kind }));
                }
                table.places.push(span);
                Ok(Place::Free(table, Vec::new()))
            }
            Place::Rows(rows) if !array => Ok(Place::Rows(rows)),
            Place::Rows(_) => {
                let wanted = Kind::Table(&[]);
                Err(Stop::Fault(last, FaultKind::DoubleBrackets { wanted }))
            }
            Place::Slot(_, key) if array => {
                Err(Stop::Fault(last, FaultKind::DoubleBrackets { wanted: key.kind }))
            }
            Place::Text(_) | Place::Closed(_) | Place::Inner(_) if array => {
                Err(Stop::Fault(last, FaultKind::DoubleBrackets { wanted: Kind::Str }))
            }
            Place::Slot(Slot::Map(map), key) => {
                map.mention(span);
                Ok(Place::Slot(Slot::Map(map), key))
            }
            Place::Slot(Slot::Labels(labels), key) => {
                labels.places.push(span);
                Ok(Place::Slot(Slot::Labels(labels), key))
            }
            Place::Slot(slot @ (Slot::Size(_) | Slot::Duration(_)), key) => {
                self.oddities.push(Oddity::EmptyHeader { node: self.node, key });
                Ok(Place::Slot(slot, key))
            }
            Place::Slot(slot, key) => {
                if key.pointer {
                    zero(slot, span);
                }
                self.oddities.push(Oddity::EmptyHeader { node: self.node, key });
                Ok(Place::Closed(key.kind))
            }
            Place::Text(text) => {
                *text = Leaf::Set(Field { key: span, span, value: Cow::Borrowed("") });
                Ok(Place::Closed(Kind::Str))
            }
            other => Ok(other),
        }
    }

    /// One part of a path further. `header` tells the brackets: a header meets what is there, a
    /// pair (`None`) makes the last part anew.
    fn step<'a>(
        &mut self,
        place: Place<'a, 's>,
        parts: &[Part<'s>],
        at: usize,
        header: Option<bool>,
    ) -> Result<Place<'a, 's>, Stop> {
        let (name, span) = &parts[at];
        let last = at + 1 == parts.len();
        match place {
            Place::Rows(rows) => {
                let keys = rows.keys();
                let above = at.checked_sub(1).map_or_else(
                    || self.path.last().map_or("", |above| above.as_ref()),
                    |above| parts[above].0.as_ref(),
                );
                let lower = above.to_ascii_lowercase();
                let Some(index) = field(keys, &lower, name) else {
                    return Err(Stop::Unknown(at, keys));
                };
                let key = &keys[index];
                if key.name != name.as_ref() {
                    self.oddities.push(Oddity::Case { span: *span, name: key.name });
                }
                match rows.slot(index) {
                    Some(Slot::Table(places, rows)) => {
                        places.push(*span);
                        Ok(Place::Rows(rows))
                    }
                    Some(slot) => Ok(Place::Slot(slot, key)),
                    None => Err(Stop::Unknown(at, keys)),
                }
            }
            Place::Slot(Slot::Map(map), key) => {
                map.mention(*span);
                let rest = &parts[at + 1..];
                if header.is_some()
                    && map.count() == 0
                    && !leads(key.kind.keys(), rest, header == Some(true))
                {
                    // The loader throws a map away that it made for nothing.
                    return Err(Stop::Unknown(at + 1, key.kind.keys()));
                }
                let fresh = header.is_none() && last;
                Ok(Place::Rows(map.named_mut(name.clone(), *span, fresh)))
            }
            Place::Slot(Slot::List(list), key) => match header {
                None => Err(Stop::Fault(at, FaultKind::BelowScalar { wanted: key.kind })),
                Some(array) => {
                    if list.count() == 0 && array && leads(key.kind.keys(), &parts[at..], true) {
                        list.push(*span);
                    }
                    let empty = list.count() == 0;
                    match list.last_mut() {
                        Some(rows) => self.step(Place::Rows(rows), parts, at, header),
                        None if empty && array => Err(Stop::Unknown(at, key.kind.keys())),
                        None => Err(Stop::Fault(at - 1, FaultKind::SingleBrackets)),
                    }
                }
            },
            Place::Slot(Slot::Labels(labels), _) => {
                Ok(Place::Text(label(labels, name.clone(), *span, header.is_none() && last)))
            }
            Place::Slot(Slot::Free(table), _) => {
                table.places.push(*span);
                Ok(Place::Free(table, vec![name.clone()]))
            }
            Place::Free(table, mut path) => {
                path.push(name.clone());
                Ok(Place::Free(table, path))
            }
            Place::Slot(Slot::Size(leaf), key) => inner(leaf, key, name, *span, at),
            Place::Slot(Slot::Duration(leaf), key) => inner(leaf, key, name, *span, at),
            Place::Slot(Slot::Strs(leaf), _)
                if header == Some(false) && leaf.items().is_empty() =>
            {
                Err(Stop::Fault(at - 1, FaultKind::SingleBrackets))
            }
            Place::Slot(_, key) => Err(Stop::Fault(at, below(key.kind, header))),
            Place::Text(_) => Err(Stop::Fault(at, below(Kind::Str, header))),
            Place::Inner(_) => Err(Stop::Fault(at, below(Kind::Int, header))),
            Place::Closed(kind) => Err(Stop::Fault(at, below(kind, header))),
        }
    }

    /// `path = value` below a place: `handleKeyValue` of go-toml.
    fn pair(&mut self, mut place: Place<'_, 's>, parts: &[Part<'s>], id: NodeId) {
        self.node = id;
        for at in 0..parts.len() {
            place = match self.step(place, parts, at, None) {
                Ok(place) => place,
                Err(stop) => return self.stop(stop, parts),
            };
        }
        self.assign(place, parts, id + 1);
    }

    fn assign(&mut self, place: Place<'_, 's>, parts: &[Part<'s>], value: NodeId) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let span = node.span;
        let key = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => first.1.to(last.1),
            _ => span,
        };
        let wrong = |wanted| FaultKind::WrongType { wanted };
        match place {
            Place::Rows(rows) => match node.kind {
                NodeKind::Inline => self.members(Place::Rows(rows), parts, value),
                _ => self.refuse(wrong(Kind::Table(&[])), parts, value),
            },
            Place::Slot(Slot::Map(map), kind) => match node.kind {
                NodeKind::Inline => {
                    map.mention(span);
                    map.assigned();
                    self.members(Place::Slot(Slot::Map(map), kind), parts, value);
                }
                _ => self.refuse(wrong(kind.kind), parts, value),
            },
            Place::Slot(Slot::Labels(labels), kind) => match node.kind {
                NodeKind::Inline => {
                    labels.places.push(span);
                    labels.inline = true;
                    self.members(Place::Slot(Slot::Labels(labels), kind), parts, value);
                }
                _ => self.refuse(wrong(kind.kind), parts, value),
            },
            Place::Slot(Slot::Free(table), kind) => match node.kind {
                NodeKind::Inline => {
                    table.places.push(span);
                    self.free(table, Vec::new(), parts, value);
                }
                _ => self.refuse(wrong(kind.kind), parts, value),
            },
            Place::Free(table, path) => self.free(table, path, parts, value),
            Place::Slot(Slot::List(list), kind) => {
                if node.kind != NodeKind::Array {
                    return self.refuse(wrong(kind.kind), parts, value);
                }
                list.mention(span);
                list.assigned();
                if list.count() > 0 {
                    self.oddities.push(Oddity::Emptied { node: self.node, lost: list.count() });
                }
                list.clear();
                if node.broken {
                    return;
                }
                for (id, element) in self.tree.children(value) {
                    if element.kind == NodeKind::Inline {
                        let rows = list.push(element.span);
                        self.members(Place::Rows(rows), parts, id);
                    } else {
                        self.refuse(wrong(Kind::Table(&[])), parts, id);
                    }
                }
            }
            Place::Slot(Slot::Bool(leaf), kind) => {
                let read = match self.scalar(value) {
                    Some(Scalar::Bool(value)) => Some(value),
                    _ => None,
                };
                let read = read.ok_or_else(|| wrong(kind.kind));
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Int(leaf), kind) => {
                let read = match self.scalar(value) {
                    Some(Scalar::Integer) => {
                        scalar::integer(self.source.slice(span)).ok_or(FaultKind::Integer)
                    }
                    _ => Err(wrong(kind.kind)),
                };
                self.set(leaf, read, key, parts, value);
            }
            Place::Inner(number) => match self.scalar(value) {
                Some(Scalar::Integer) => match scalar::integer(self.source.slice(span)) {
                    Some(read) => *number = read,
                    None => self.refuse(FaultKind::Integer, parts, value),
                },
                _ => self.refuse(wrong(Kind::Int), parts, value),
            },
            Place::Slot(Slot::Str(leaf), kind) => {
                let read = self.text(value).ok_or_else(|| wrong(kind.kind));
                self.set(leaf, read, key, parts, value);
            }
            Place::Text(leaf) => {
                let read = self.text(value).ok_or_else(|| wrong(Kind::Str));
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Strs(leaf), kind) => {
                if node.kind != NodeKind::Array {
                    return self.set(leaf, Err(wrong(kind.kind)), key, parts, value);
                }
                let mut elements = Vec::new();
                let mut good = true;
                for (id, element) in self.tree.children(value) {
                    if let Some(value) = self.text(id) {
                        elements.push(Element { span: element.span, value });
                    } else {
                        good = false;
                        self.refuse(wrong(Kind::Str), parts, id);
                    }
                }
                let previous = leaf.field().map(|field| field.key);
                *leaf = if good && !node.broken {
                    Leaf::Set(Field { key, span, value: elements })
                } else {
                    Leaf::Invalid(span)
                };
                self.overwritten(previous, key);
            }
            Place::Slot(Slot::Size(leaf), kind) => {
                if node.kind == NodeKind::Inline {
                    touch(leaf, key, span);
                    return self.members(Place::Slot(Slot::Size(leaf), kind), parts, value);
                }
                let read = self.raw(value).map_or(Err(wrong(kind.kind)), |text| {
                    scalar::size(&text).map_err(|refused| refusal(refused, FaultKind::Size))
                });
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Duration(leaf), kind) => {
                if node.kind == NodeKind::Inline {
                    touch(leaf, key, span);
                    return self.members(Place::Slot(Slot::Duration(leaf), kind), parts, value);
                }
                let read = self.raw(value).map_or(Err(wrong(kind.kind)), |text| {
                    scalar::duration(&text).map_err(|refused| refusal(refused, FaultKind::Duration))
                });
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Table(..), _) => {}
            Place::Closed(kind) => self.refuse(wrong(kind), parts, value),
        }
    }

    fn set<T>(
        &mut self,
        leaf: &mut Leaf<T>,
        read: Result<T, FaultKind>,
        key: Span,
        parts: &[Part<'s>],
        value: NodeId,
    ) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let previous = leaf.field().map(|field| field.key);
        *leaf = match read {
            Ok(read) if !node.broken => Leaf::Set(Field { key, span: node.span, value: read }),
            Ok(_) => Leaf::Invalid(node.span),
            Err(kind) => {
                self.refuse(kind, parts, value);
                Leaf::Invalid(node.span)
            }
        };
        self.overwritten(previous, key);
    }

    fn overwritten(&mut self, first: Option<Span>, second: Span) {
        if let Some(first) = first {
            self.oddities.push(Oddity::Overwritten { first, second });
        }
    }

    /// A fault of a value, unless its syntax is at fault already.
    fn refuse(&mut self, kind: FaultKind, parts: &[Part<'s>], value: NodeId) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let malformed = node.broken
            || node.kind == NodeKind::Missing
            || node.kind == NodeKind::Bare && self.scalar(value).is_none();
        if !malformed {
            self.fault(kind, value, parts);
        }
    }

    /// The pairs of an inline table below a place.
    fn members(&mut self, mut place: Place<'_, 's>, parts: &[Part<'s>], value: NodeId) {
        let (depth, node) = (self.path.len(), self.node);
        self.path.extend(parts.iter().map(|part| part.0.clone()));
        let tree = self.tree;
        for (id, pair) in tree.children(value) {
            if let NodeKind::Pair { keys } = &pair.kind {
                let parts = self.parts(keys);
                self.pair(place.reborrow(), &parts, id);
            }
        }
        self.path.truncate(depth);
        self.node = node;
    }

    /// A value inside a table of anything: all scalars in it are read.
    fn free(
        &mut self,
        table: &mut FreeTable<'s>,
        path: Vec<Cow<'s, str>>,
        parts: &[Part<'s>],
        value: NodeId,
    ) {
        let tree = self.tree;
        let Some(node) = tree.nodes.get(value) else { return };
        for id in value..node.end as usize {
            let Some(inner) = tree.nodes.get(id) else { break };
            let lexeme = self.source.slice(inner.span);
            let kind = match self.scalar(id) {
                Some(Scalar::Integer) if scalar::integer(lexeme).is_none() => FaultKind::Integer,
                Some(Scalar::Float) if !scalar::is_float(lexeme) => FaultKind::Float,
                Some(date @ Scalar::Date { .. }) if !scalar::is_date(lexeme, date) => {
                    FaultKind::Date
                }
                _ => continue,
            };
            self.refuse(kind, parts, id);
        }
        table.entries.push(Assigned { path, value: Some(value), array: false });
    }

    /// What a bare value is; nothing for other values.
    fn scalar(&self, value: NodeId) -> Option<Scalar> {
        let node = self.tree.nodes.get(value).filter(|node| node.kind == NodeKind::Bare)?;
        let rest = self.source.text().get(node.span.start as usize..)?;
        scalar::scan(rest, (node.span.end - node.span.start) as usize)
    }

    fn text(&self, value: NodeId) -> Option<Cow<'s, str>> {
        let node = self.tree.nodes.get(value)?;
        match node.kind {
            NodeKind::Text(quote) => Some(unquote(self.source.slice(node.span), quote)),
            _ => None,
        }
    }

    /// What a type of upstream's that reads text is given: a string's content, or the lexeme of
    /// any other scalar.
    fn raw(&self, value: NodeId) -> Option<Cow<'s, str>> {
        self.text(value).or_else(|| {
            self.scalar(value)?;
            let node = self.tree.nodes.get(value)?;
            Some(Cow::Borrowed(self.source.slice(node.span)))
        })
    }
}

/// A value that is a struct of numbers for the loader.
trait Numbers {
    /// The number of that name, in lower case.
    fn number(&mut self, name: &str) -> Option<&mut i64>;
}

impl Numbers for Bytes {
    fn number(&mut self, name: &str) -> Option<&mut i64> {
        match name {
            "bytes" => Some(&mut self.bytes),
            "percentage" => Some(&mut self.percentage),
            _ => None,
        }
    }
}

impl Numbers for Nanos {
    fn number(&mut self, name: &str) -> Option<&mut i64> {
        (name == "duration").then_some(&mut self.0)
    }
}

fn inner<'a, 's, T: Default + Numbers>(
    leaf: &'a mut Leaf<T>,
    key: &'static Key,
    name: &str,
    span: Span,
    at: usize,
) -> Result<Place<'a, 's>, Stop> {
    let name = lower(name);
    if key.pointer || T::default().number(&name).is_some() {
        touch(leaf, span, span);
    }
    match leaf {
        Leaf::Set(field) => field.value.number(&name).map(Place::Inner),
        _ => None,
    }
    .ok_or(Stop::Unknown(at, &[]))
}

/// Letter by letter, as Go does it: one for one.
fn lower(name: &str) -> String {
    name.chars().filter_map(|c| c.to_lowercase().next()).collect()
}

const fn below(wanted: Kind, header: Option<bool>) -> FaultKind {
    match header {
        Some(_) => FaultKind::HeaderBelowScalar { wanted },
        None => FaultKind::BelowScalar { wanted },
    }
}

const fn refusal(refused: scalar::Refused, kind: FaultKind) -> FaultKind {
    match refused {
        scalar::Refused::Invalid => kind,
        scalar::Refused::LoneQuote => FaultKind::LoneQuote,
    }
}

const fn is_pair(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Pair { .. })
}

/// Whether the first part of a path names a key, and so on as far as tables go.
fn leads(mut keys: &'static [Key], parts: &[Part<'_>], array: bool) -> bool {
    for part in parts {
        let Some(index) = field(keys, "", &part.0) else { return false };
        match keys[index].kind {
            Kind::Table(inner) => keys = inner,
            Kind::List(inner) if array => keys = inner,
            _ => return true,
        }
    }
    true
}

/// A header on an optional number or switch sets it to zero.
fn zero(slot: Slot<'_, '_>, span: Span) {
    match slot {
        Slot::Bool(leaf) => touch(leaf, span, span),
        Slot::Int(leaf) => touch(leaf, span, span),
        _ => {}
    }
}

fn touch<T: Default>(leaf: &mut Leaf<T>, key: Span, span: Span) {
    if leaf.field().is_none() {
        *leaf = Leaf::Set(Field { key, span, value: T::default() });
    }
}

fn label<'a, 's>(
    labels: &'a mut StringMap<'s>,
    name: Cow<'s, str>,
    key: Span,
    fresh: bool,
) -> &'a mut Leaf<Cow<'s, str>> {
    let known = labels.entries.iter().position(|label| label.name == name);
    let at = known.unwrap_or_else(|| {
        labels.entries.push(Label { key, name, value: Leaf::Absent });
        labels.entries.len() - 1
    });
    let value = &mut labels.entries[at].value;
    if fresh {
        *value = Leaf::Absent;
    }
    value
}

/// A path as the user would write it: parts that need quotes get them.
#[must_use]
pub fn dotted<'a>(path: impl IntoIterator<Item = impl AsRef<str> + 'a>) -> String {
    let mut text = String::new();
    for part in path {
        let part = part.as_ref();
        if !text.is_empty() {
            text.push('.');
        }
        let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !part.is_empty() && part.bytes().all(bare) {
            text.push_str(part);
        } else {
            text.push('"');
            text.push_str(part);
            text.push('"');
        }
    }
    text
}

/// The keys of the root.
#[must_use]
pub const fn root_keys() -> &'static [Key] {
    Config::KEYS
}
