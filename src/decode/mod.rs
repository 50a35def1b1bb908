//! What buildkitd's own loader makes of a tree: the typed model, the keys without effect, and
//! every reason to refuse the file.
//!
//! The loader is `config.LoadFile` of `cmd/buildkitd/config`. The newest uses go-toml v2.3, never
//! strict: it decodes pair by pair into structs, and what it does with a key that meets another
//! sort of value follows from Go's reflection. It stops at the first fault; here all are found.
//! What older releases do otherwise is in [`quirk`].

pub mod classify;
pub mod lexical;
mod merged;
mod older;
pub mod quirk;
pub mod scalar;
mod seen;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use crate::model::{
    Assigned, Bytes, Config, Element, Field, FreeTable, Keyed, Label, Leaf, Nanos, Rows, SECOND,
    Slot, StringMap,
};
use crate::order::Order;
use crate::release::{Release, Releases};
use crate::schema::{Key, Kind, Only};
use crate::source::{Source, Span};
use crate::tree::{KeyId, NodeId, NodeKind, SyntaxKind, Tree, unquote};
use classify::{Class, classify};
use merged::Merged;
use quirk::{Quirk, Quirks};
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
    key: Option<Rc<str>>,
    node: Option<u32>,
    /// Where what it belongs to stands, such as an opening bracket.
    pub context: Option<Span>,
    /// The releases that see it, if not all of the target do.
    pub only: Option<Releases>,
}

impl Fault {
    const fn new(kind: FaultKind, span: Span) -> Self {
        Self { kind, span, key: None, node: None, context: None, only: None }
    }

    fn at(self, node: Option<NodeId>) -> Self {
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
    /// The releases that pass over it, if not all of the target do.
    pub only: Option<Releases>,
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

/// Decodes a tree for a target: the model is the newest release's, faults and keys without effect
/// are those of all.
#[must_use]
pub fn decode<'s>(source: &'s Source, tree: &Tree, target: Releases) -> Decoded<'s> {
    let mut parts = quirk::parts(target);
    let mut decoded = decode_one(source, tree, target.to);
    let errors: Vec<_> = tree.errors.iter().map(|error| error.span).collect();
    let mut since = parts.next().map_or(target.from, |part| part.from);
    for part in parts {
        let older = decode_one(source, tree, part.to);
        let newer = Releases { from: since, to: target.to };
        merge_faults(&mut decoded.faults, older.faults, &errors, newer, part);
        since = part.from;
    }
    // All releases see them, so they are listed once.
    let errors = tree.errors.iter().map(|error| {
        let fault = Fault::new(FaultKind::Syntax(error.kind), error.span);
        Fault { context: error.context, ..fault }.at(error.node)
    });
    decoded.faults.splice(0..0, errors);
    decoded.faults.order_by_key(|fault| fault.span.start);
    // Keys only become more, so the oldest release knows the fewest. In a table that is new, there
    // may be keys that are newer still.
    let mut probes = BTreeSet::new();
    probes.insert(target.from);
    while let Some(release) = probes.pop_first().filter(|release| *release < target.to) {
        let older = decode_one(source, tree, release);
        probes.extend(merge_unknown(&mut decoded, older, release));
    }
    decoded
}

/// Decodes a tree as one release does, errors of structure aside.
fn decode_one<'s>(source: &'s Source, tree: &Tree, release: Release) -> Decoded<'s> {
    let quirks = Quirks::of(release);
    let mut decoder = Decoder {
        source,
        tree,
        release,
        quirks,
        faults: lexical::check(source, tree, quirks),
        unknown: Vec::new(),
        oddities: Vec::new(),
        path: Vec::new(),
        node: 0,
    };
    let mut config = Config::default();
    decoder.run(&mut config);
    decoder.faults.order_by_key(|fault| fault.span.start);
    Decoded { config, faults: decoder.faults, unknown: decoder.unknown, oddities: decoder.oddities }
}

/// Adds the faults that `part` sees to those of all `newer` releases. All see the `errors`, in
/// whose places nothing else is added.
fn merge_faults(
    faults: &mut Vec<Fault>,
    mut older: Vec<Fault>,
    errors: &[Span],
    newer: Releases,
    part: Releases,
) {
    // There may be millions, for which a table of hashes takes too much.
    let places = |faults: &[Fault]| {
        let mut places: Vec<_> = faults.iter().map(|fault| fault.span).collect();
        places.extend(errors);
        places.order();
        places
    };
    let (common, known) = (places(&older), places(faults));
    older.retain(|fault| known.binary_search(&fault.span).is_err());
    for fault in faults.iter_mut() {
        if common.binary_search(&fault.span).is_ok() {
            // Seen by this part too; in all of them, if it was in all before.
            fault.only = fault.only.map(|only| Releases { from: part.from, ..only });
        } else {
            fault.only = fault.only.or(Some(newer));
        }
    }
    faults.extend(older.into_iter().map(|fault| Fault { only: Some(part), ..fault }));
    faults.order_by_key(|fault| fault.span.start);
}

/// Adds the keys that only older releases pass over, and returns the releases that know them.
fn merge_unknown<'s>(
    decoded: &mut Decoded<'s>,
    older: Decoded<'s>,
    oldest: Release,
) -> Vec<Release> {
    let known: HashSet<_> = decoded.unknown.iter().map(|key| key.node).collect();
    let fresh: Vec<_> =
        older.unknown.into_iter().filter(|key| !known.contains(&key.node)).collect();
    // One fault, one finding: a spelling that they do not know is said once.
    let parts: HashSet<_> = fresh.iter().map(|key| key.part).collect();
    decoded.oddities.retain(|oddity| match oddity {
        Oddity::Case { span, .. } => !parts.contains(span),
        _ => true,
    });
    let since = fresh.iter().filter_map(|key| match key.class {
        Class::Newer(since) => Some(since),
        _ => None,
    });
    let since = since.collect();
    let until = |key: &Unknown<'_>| match key.class {
        Class::Newer(since) => since.before(),
        _ => quirk::GO_TOML_2.before(),
    };
    decoded.unknown.extend(fresh.into_iter().map(|key| {
        let only = Some(Releases { from: oldest, to: until(&key).max(oldest) });
        Unknown { only, ..key }
    }));
    decoded.unknown.order_by_key(|key| key.part.start);
    since
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
    Free(&'a mut FreeTable<'s>, Way<'s>),
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
            Self::Free(table, way) => Place::Free(table, way.clone()),
            Self::Closed(kind) => Place::Closed(*kind),
        }
    }
}

/// How far it is from the root of a table of anything. Pairs share what their header says, which
/// may be long.
#[derive(Clone, Default)]
struct Way<'s> {
    header: Rc<[Cow<'s, str>]>,
    path: Vec<Cow<'s, str>>,
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
    release: Release,
    quirks: Quirks,
    faults: Vec<Fault>,
    unknown: Vec<Unknown<'s>>,
    oddities: Vec<Oddity>,
    /// The way from the root to the table that is being filled.
    path: Vec<Cow<'s, str>>,
    /// The header or pair that is being read.
    node: NodeId,
}

/// Which keys were written: each decoder keeps its own books.
enum Written<'s, 't> {
    Seen(Seen<'s>),
    Merged(Merged<'s, 't>),
}

/// A struct's field by name.
fn field(keys: &'static [Key], worker: &str, name: &str, release: Release) -> Option<usize> {
    let only = match worker {
        _ if worker.eq_ignore_ascii_case("oci") => Only::Oci,
        _ if worker.eq_ignore_ascii_case("containerd") => Only::Containerd,
        _ => Only::Any,
    };
    let known = |key: &Key| {
        (key.only == Only::Any || key.only == only) && key.first_release(only) <= release
    };
    let exact = keys.iter().position(|key| key.name == name && known(key));
    if exact.is_some() {
        return exact;
    }
    let find = |same: &dyn Fn(&Key) -> bool| keys.iter().position(|key| known(key) && same(key));
    if Quirks::of(release).has(Quirk::FourSpellings) {
        return find(&|key| is_spelling(key, name));
    }
    // Most keys are ASCII; Go folds the others too.
    find(&|key| key.name.eq_ignore_ascii_case(name))
        .or_else(|| find(&|key| !name.is_ascii() && lower(key.name) == lower(name)))
}

/// Whether a name is that of a struct which holds some of a worker's keys.
fn is_embedded(keys: &[Key], name: &str) -> bool {
    keys.iter().any(|key| key.name == "gcpolicy")
        && ["GCConfig", "gcconfig", "GCCONFIG", "gCConfig"]
            .into_iter()
            .chain(["NetworkConfig", "networkconfig", "NETWORKCONFIG", "networkConfig"])
            .any(|embedded| embedded == name)
}

/// Whether a name is a key's own, all lower, all upper, or its own with the first letter lower.
fn is_spelling(key: &Key, name: &str) -> bool {
    name.eq_ignore_ascii_case(key.name)
        && (!name.bytes().any(|b| b.is_ascii_uppercase())
            || !name.bytes().any(|b| b.is_ascii_lowercase())
            || key.untagged && name.get(1..) == key.name.get(1..))
}

impl<'s> Decoder<'s, '_> {
    fn run(&mut self, config: &mut Config<'s>) {
        let tree = self.tree;
        let mut written = if self.quirks.has(Quirk::MergedTables) {
            Written::Merged(Merged::new(self.source, tree))
        } else {
            Written::Seen(Seen::new())
        };
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
                    let before = match &mut written {
                        Written::Seen(seen) => seen.header(&parts, *array),
                        Written::Merged(merged) => {
                            let raw = self.source.slice(node.span).trim_matches(['[', ']']);
                            merged.header(&parts, raw, *array)
                        }
                    };
                    let first = before.as_ref().is_ok_and(|first| *first);
                    let fault = before.err();
                    if let Some((at, kind)) = fault {
                        self.fault_at(kind, &parts, at);
                        if let FaultKind::NotATable { .. } = kind {
                            while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                            continue;
                        }
                    }
                    match self.open(config, &parts, *array, first) {
                        Ok(mut place) => {
                            self.path.extend(parts.iter().map(|part| part.0.clone()));
                            while let Some((id, pair)) =
                                top.next_if(|(_, node)| is_pair(&node.kind))
                            {
                                self.node = id;
                                self.top_pair(&mut written, Some(&mut place), id, &pair.kind);
                            }
                        }
                        Err(stop) => {
                            if fault.is_none() {
                                self.stop(stop, &parts);
                            }
                            // The loader passes over the pairs too.
                            while let Some((id, pair)) =
                                top.next_if(|(_, node)| is_pair(&node.kind))
                            {
                                self.node = id;
                                self.top_pair(&mut written, None, id, &pair.kind);
                            }
                        }
                    }
                }
                kind => {
                    self.top_pair(&mut written, Some(&mut Place::Rows(config)), id, kind);
                }
            }
        }
    }

    /// A pair below a header. Without a place it is passed over, and only decoders that merge all
    /// tables notice a duplicate.
    fn top_pair(
        &mut self,
        written: &mut Written<'s, '_>,
        place: Option<&mut Place<'_, 's>>,
        id: NodeId,
        kind: &NodeKind,
    ) {
        let NodeKind::Pair { keys } = kind else { return };
        let parts = self.parts(keys);
        let fault = match written {
            Written::Seen(_) if place.is_none() => return,
            Written::Seen(seen) => {
                let fault = seen.pair(&parts).err();
                self.inline_duplicates(id);
                fault
            }
            Written::Merged(merged) => merged.pair(&parts, id + 1).err(),
        };
        match (fault, place) {
            (Some((at, kind)), _) => self.fault_at(kind, &parts, at),
            (None, Some(place)) => self.pair(place.reborrow(), &parts, id),
            (None, None) => {}
        }
    }

    /// Each inline table is tracked on its own.
    fn inline_duplicates(&mut self, pair: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.nodes.get(pair) else { return };
        for id in pair..node.end as usize {
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
        let key = self.shared(named(shown));
        self.faults.push(Fault { key, ..Fault::new(kind, span).at(Some(self.node)) });
    }

    fn fault(&mut self, kind: FaultKind, value: NodeId, parts: &[Part<'s>]) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let key = self.shared(named(self.path.iter().chain(parts.iter().map(|part| &part.0))));
        let context = parts.last().map(|part| part.1);
        let fault = Fault::new(kind, node.span).at(Some(value));
        self.faults.push(Fault { key, context, ..fault });
    }

    /// A name for a fault, which may be that of the one before.
    fn shared(&self, key: String) -> Option<Rc<str>> {
        let last = self.faults.last().and_then(|fault| fault.key.clone());
        last.filter(|last| **last == *key).or_else(|| Some(key.into()))
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
                    only: None,
                };
                let class = classify(&unknown, self.tree, self.release);
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
        let tables_only = self.quirks.has(Quirk::HeadersMakeTables);
        let value = |wanted| Err(Stop::Fault(last, FaultKind::HeaderOnValue { wanted }));
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
            Place::Slot(Slot::Strs(_), key) if tables_only => value(key.kind),
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
            Place::Free(table, way) => {
                let header: Rc<[_]> = way.path.into();
                let path = Vec::new();
                let entry = Assigned { header: header.clone(), path, value: None, array };
                table.entries.push(entry);
                Ok(Place::Free(table, Way { header, path: Vec::new() }))
            }
            Place::Slot(Slot::Free(table), key) => {
                if array {
                    return Err(Stop::Fault(last, FaultKind::DoubleBrackets { wanted: key.kind }));
                }
                table.places.push(span);
                Ok(Place::Free(table, Way::default()))
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
            Place::Slot(Slot::Size(_) | Slot::Duration(_), _)
                if self.quirks.has(Quirk::IntegerSizes) =>
            {
                value(Kind::Int)
            }
            Place::Slot(slot @ (Slot::Size(_) | Slot::Duration(_)), key) => {
                self.oddities.push(Oddity::EmptyHeader { node: self.node, key });
                Ok(Place::Slot(slot, key))
            }
            Place::Slot(_, key) if tables_only => value(key.kind),
            Place::Text(_) | Place::Closed(_) | Place::Inner(_) if tables_only => value(Kind::Str),
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
        let merged = self.quirks.has(Quirk::MergedTables);
        match place {
            Place::Rows(rows) => {
                let keys = rows.keys();
                let above = at.checked_sub(1).map_or_else(
                    || self.path.last().map_or("", |above| above.as_ref()),
                    |above| parts[above].0.as_ref(),
                );
                let Some(index) = field(keys, above, name, self.release) else {
                    return if self.quirks.has(Quirk::EmbeddedNames) && is_embedded(keys, name) {
                        Ok(Place::Rows(rows))
                    } else {
                        Err(Stop::Unknown(at, keys))
                    };
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
                    && !merged
                    && let Some((lost, keys)) =
                        self.lost(key.kind.keys(), rest, header == Some(true))
                {
                    // The loader throws a map away that it made for nothing.
                    return Err(Stop::Unknown(at + 1 + lost, keys));
                }
                let fresh = header.is_none() && last && !merged;
                Ok(Place::Rows(map.named_mut(name.clone(), *span, fresh)))
            }
            Place::Slot(Slot::List(list), key) if merged => {
                let fault = match header {
                    None => Stop::Fault(at, FaultKind::BelowScalar { wanted: key.kind }),
                    Some(_) => Stop::Fault(at - 1, FaultKind::SingleBrackets),
                };
                self.step(list.last_mut().map(Place::Rows).ok_or(fault)?, parts, at, header)
            }
            Place::Slot(Slot::List(list), key) => match header {
                None => Err(Stop::Fault(at, FaultKind::BelowScalar { wanted: key.kind })),
                Some(array) => {
                    if list.count() == 0
                        && array
                        && self.lost(key.kind.keys(), &parts[at..], true).is_none()
                    {
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
                Ok(Place::Free(table, Way { path: vec![name.clone()], ..Way::default() }))
            }
            Place::Free(table, mut way) => {
                way.path.push(name.clone());
                Ok(Place::Free(table, way))
            }
            Place::Slot(Slot::Size(_) | Slot::Duration(_), _)
                if self.quirks.has(Quirk::IntegerSizes) =>
            {
                Err(Stop::Fault(at, FaultKind::BelowScalar { wanted: Kind::Int }))
            }
            Place::Slot(Slot::Size(leaf), key) => inner(leaf, key, name, *span, at),
            Place::Slot(Slot::Duration(leaf), key) => inner(leaf, key, name, *span, at),
            Place::Slot(Slot::Strs(leaf), _)
                if header == Some(false) && leaf.items().is_empty() =>
            {
                Err(Stop::Fault(at - 1, FaultKind::SingleBrackets))
            }
            Place::Slot(_, key) => Err(Stop::Fault(at, self.below(key.kind, header))),
            Place::Text(_) => Err(Stop::Fault(at, self.below(Kind::Str, header))),
            Place::Inner(_) => Err(Stop::Fault(at, self.below(Kind::Int, header))),
            Place::Closed(kind) => Err(Stop::Fault(at, self.below(kind, header))),
        }
    }

    const fn below(&self, wanted: Kind, header: Option<bool>) -> FaultKind {
        match header {
            Some(_) if !self.quirks.has(Quirk::HeadersMakeTables) => {
                FaultKind::HeaderBelowScalar { wanted }
            }
            _ => FaultKind::BelowScalar { wanted },
        }
    }

    /// The first part of a path that names no key, as far as tables go, and the keys that it could
    /// have named.
    fn lost(
        &self,
        mut keys: &'static [Key],
        parts: &[Part<'_>],
        array: bool,
    ) -> Option<(usize, &'static [Key])> {
        for (at, part) in parts.iter().enumerate() {
            let Some(index) = field(keys, "", &part.0, self.release) else {
                return Some((at, keys));
            };
            match keys[index].kind {
                Kind::Table(inner) => keys = inner,
                Kind::List(inner) if array => keys = inner,
                _ => return None,
            }
        }
        None
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
                    self.free(table, Way::default(), parts, value);
                }
                _ => self.refuse(wrong(kind.kind), parts, value),
            },
            Place::Free(table, way) => self.free(table, way, parts, value),
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
                if self.quirks.has(Quirk::NoEmptyLists)
                    && self.tree.children(value).next().is_none()
                {
                    return self.refuse(FaultKind::EmptyList, parts, value);
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
                let read = self.integer(value, kind.kind);
                self.set(leaf, read, key, parts, value);
            }
            Place::Inner(number) => match self.integer(value, Kind::Int) {
                Ok(read) => *number = read,
                Err(kind) => self.refuse(kind, parts, value),
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
            Place::Slot(Slot::Size(leaf), kind) if self.quirks.has(Quirk::IntegerSizes) => {
                let read = self.plain_number(value, kind.kind);
                let read = read.map(|bytes| Bytes { bytes, percentage: 0 });
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Duration(leaf), kind) if self.quirks.has(Quirk::IntegerSizes) => {
                let read = self.plain_number(value, kind.kind);
                let read = read.map(|seconds| Nanos(seconds.wrapping_mul(SECOND)));
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Size(leaf), kind) => {
                if node.kind == NodeKind::Inline && !self.quirks.has(Quirk::ContainersAsText) {
                    touch(leaf, key, span);
                    return self.members(Place::Slot(Slot::Size(leaf), kind), parts, value);
                }
                let read = self.raw(value).map_or(Err(wrong(kind.kind)), |text| {
                    scalar::size(&text).map_err(|refused| refusal(refused, FaultKind::Size))
                });
                self.set(leaf, read, key, parts, value);
            }
            Place::Slot(Slot::Duration(leaf), kind) => {
                if node.kind == NodeKind::Inline && !self.quirks.has(Quirk::ContainersAsText) {
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
        Way { header, path }: Way<'s>,
        parts: &[Part<'s>],
        value: NodeId,
    ) {
        let tree = self.tree;
        let Some(node) = tree.nodes.get(value) else { return };
        // Older decoders have read all of them before.
        let all = if self.quirks.has(Quirk::OlderScalars) { value } else { node.end as usize };
        for id in value..all {
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
        table.entries.push(Assigned { header, path, value: Some(value), array: false });
    }

    /// An integer for a key that takes `wanted`.
    fn integer(&self, value: NodeId, wanted: Kind) -> Result<i64, FaultKind> {
        match (self.scalar(value), self.tree.nodes.get(value)) {
            (Some(Scalar::Integer), Some(node)) => {
                let lexeme = self.source.slice(node.span);
                let read = if self.quirks.has(Quirk::OlderScalars) {
                    older::integer(lexeme).map(older::wrap)
                } else {
                    scalar::integer(lexeme)
                };
                read.ok_or(FaultKind::Integer)
            }
            _ => Err(FaultKind::WrongType { wanted }),
        }
    }

    /// An integer for a key that will take texts one day.
    fn plain_number(&self, value: NodeId, wanted: Kind) -> Result<i64, FaultKind> {
        self.integer(value, Kind::Int).map_err(|kind| match (kind, self.text(value)) {
            (FaultKind::WrongType { .. }, Some(_)) => FaultKind::TextTooEarly { wanted },
            (kind, _) => kind,
        })
    }

    /// What a bare value is; nothing for other values.
    fn scalar(&self, value: NodeId) -> Option<Scalar> {
        let node = self.tree.nodes.get(value).filter(|node| node.kind == NodeKind::Bare)?;
        lexical::scalar(self.source, node.span, self.quirks).ok()
    }

    fn text(&self, value: NodeId) -> Option<Cow<'s, str>> {
        let node = self.tree.nodes.get(value)?;
        match node.kind {
            NodeKind::Text(quote) => Some(unquote(self.source.slice(node.span), quote)),
            _ => None,
        }
    }

    /// What a type of upstream's that reads text is given: a string's content, or any other
    /// scalar as text.
    fn raw(&self, value: NodeId) -> Option<Cow<'s, str>> {
        let node = self.tree.nodes.get(value)?;
        match node.kind {
            NodeKind::Text(quote) => Some(unquote(self.source.slice(node.span), quote)),
            NodeKind::Array | NodeKind::Inline if self.quirks.has(Quirk::ContainersAsText) => {
                Some(Cow::Borrowed(""))
            }
            _ => {
                let scalar = self.scalar(value)?;
                let lexeme = self.source.slice(node.span);
                if self.quirks.has(Quirk::NumbersByValue) {
                    return older::printed(lexeme, scalar).map(Cow::Owned);
                }
                Some(Cow::Borrowed(lexeme))
            }
        }
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

const fn refusal(refused: scalar::Refused, kind: FaultKind) -> FaultKind {
    match refused {
        scalar::Refused::Invalid => kind,
        scalar::Refused::LoneQuote => FaultKind::LoneQuote,
    }
}

const fn is_pair(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Pair { .. })
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
    let at = labels.index.get(&name).copied().unwrap_or_else(|| {
        labels.index.insert(name.clone(), labels.entries.len());
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
    path.into_iter().fold(String::new(), |mut text, part| {
        push_part(&mut text, part.as_ref());
        text
    })
}

/// The same for reading alone: cut short where it is endless, since every finding below a header
/// repeats what the header says.
#[must_use]
pub fn named<'a>(path: impl IntoIterator<Item = &'a Cow<'a, str>>) -> String {
    const LONGEST: usize = 1024;
    let mut text = String::new();
    for part in path {
        if text.len() > LONGEST {
            text.push('…');
            break;
        }
        let end = part.char_indices().nth(LONGEST).map(|(end, _)| end);
        push_part(&mut text, end.and_then(|end| part.get(..end)).unwrap_or(part));
        if end.is_some() {
            text.push('…');
        }
    }
    text
}

/// Adds a name to a dotted path.
fn push_part(text: &mut String, part: &str) {
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

/// The keys of the root.
#[must_use]
pub const fn root_keys() -> &'static [Key] {
    Config::KEYS
}
