//! Where a header or a dotted key can lead in the model.

use std::borrow::Cow;
use std::rc::Rc;

use super::fault::FaultKind;
use super::field::lower;
use super::quirk::{Quirk, Quirks};
use crate::model::{Bytes, Field, FreeTable, Label, Leaf, Nanos, Rows, Slot, StringMap};
use crate::schema::{Key, Kind};
use crate::source::Span;

/// A key with its place.
pub type Part<'s> = (Cow<'s, str>, Span);

/// Where a header or a dotted key has led.
pub enum Place<'a, 's> {
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
    pub fn reborrow(&mut self) -> Place<'_, 's> {
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
pub struct Way<'s> {
    pub header: Rc<[Cow<'s, str>]>,
    pub path: Vec<Cow<'s, str>>,
}

/// Why a path leads nowhere.
#[derive(Clone, Copy)]
pub enum Stop {
    /// A key is not known, at this part; the keys that are.
    Unknown(usize, &'static [Key]),
    /// It is refused, at this part.
    Fault(usize, FaultKind),
}

pub fn inner<'a, 's, T: Default + Numbers>(
    leaf: &'a mut Leaf<T>,
    key: &'static Key,
    (name, span): &Part<'s>,
    at: usize,
    quirks: Quirks,
) -> Result<Place<'a, 's>, Stop> {
    let name = lower(name);
    if key.pointer || T::default().number(&name, quirks).is_some() {
        touch(leaf, *span, *span);
    }
    match leaf {
        Leaf::Set(field) => field.value.number(&name, quirks).map(Place::Inner),
        _ => None,
    }
    .ok_or(Stop::Unknown(at, &[]))
}

/// A value that is a struct of numbers for the loader.
pub trait Numbers {
    /// The number of that name, in lower case.
    fn number(&mut self, name: &str, quirks: Quirks) -> Option<&mut i64>;
}

impl Numbers for Bytes {
    fn number(&mut self, name: &str, _: Quirks) -> Option<&mut i64> {
        match name {
            "bytes" => Some(&mut self.bytes),
            "percentage" => Some(&mut self.percentage),
            _ => None,
        }
    }
}

impl Numbers for Nanos {
    /// It is embedded, and no struct: go-toml v2 passes over it (`forEachField`).
    fn number(&mut self, name: &str, quirks: Quirks) -> Option<&mut i64> {
        (name == "duration" && quirks.has(Quirk::EmbeddedNames)).then_some(&mut self.0)
    }
}

/// A header on what is optional sets it to zero.
pub fn zero(slot: &mut Slot<'_, '_>, span: Span) {
    match slot {
        Slot::Bool(leaf) => touch(leaf, span, span),
        Slot::Int(leaf) => touch(leaf, span, span),
        Slot::Duration(leaf) => touch(leaf, span, span),
        _ => {}
    }
}

pub fn touch<T: Default>(leaf: &mut Leaf<T>, key: Span, span: Span) {
    if leaf.field().is_none() {
        *leaf = Leaf::Set(Field { key, span, value: T::default() });
    }
}

pub fn label<'a, 's>(
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
