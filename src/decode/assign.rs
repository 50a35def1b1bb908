//! What a value becomes in its place.

use super::decoded::Oddity;
use super::decoder::Decoder;
use super::fault::FaultKind;
use super::place::{Part, Place, Way, touch};
use super::quirk::Quirk;
use super::scalar;
use super::scalar::Scalar;
use crate::model::{Assigned, Bytes, Element, Field, FreeTable, Leaf, Nanos, SECOND, Slot};
use crate::schema::Kind;
use crate::source::Span;
use crate::tree::{NodeId, NodeKind};

impl<'s> Decoder<'s, '_> {
    /// `path = value` below a place: `handleKeyValue` of go-toml.
    pub fn pair(&mut self, mut place: Place<'_, 's>, parts: &[Part<'s>], id: NodeId) {
        self.node = id;
        for at in 0..parts.len() {
            place = match self.step(place, parts, at, None) {
                Ok(place) => place,
                Err(stop) => return self.stop(stop, parts),
            };
        }
        self.assign(place, parts, id + 1);
    }

    pub fn assign(&mut self, place: Place<'_, 's>, parts: &[Part<'s>], value: NodeId) {
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

    pub fn set<T>(
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

    pub fn overwritten(&mut self, first: Option<Span>, second: Span) {
        if let Some(first) = first {
            self.oddities.push(Oddity::Overwritten { first, second });
        }
    }

    /// A fault of a value, unless its syntax is at fault already.
    pub fn refuse(&mut self, kind: FaultKind, parts: &[Part<'s>], value: NodeId) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let malformed = node.broken
            || node.kind == NodeKind::Missing
            || node.kind == NodeKind::Bare && self.scalar(value).is_none();
        if !malformed {
            self.fault(kind, value, parts);
        }
    }

    /// The pairs of an inline table below a place.
    pub fn members(&mut self, mut place: Place<'_, 's>, parts: &[Part<'s>], value: NodeId) {
        let (depth, node) = (self.path.len(), self.node);
        self.path.extend(parts.iter().map(|part| part.0.clone()));
        let tree = self.tree;
        for (id, pair) in tree.children(value) {
            if let NodeKind::Pair { keys } = &pair.kind {
                let parts = self.parts(keys);
                self.pair(place.reborrow(), &parts, id);
                self.spare.push(parts);
            }
        }
        self.path.truncate(depth);
        self.node = node;
    }

    /// A value inside a table of anything: all scalars in it are read.
    pub fn free(
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
}

pub const fn refusal(refused: scalar::Refused, kind: FaultKind) -> FaultKind {
    match refused {
        scalar::Refused::Invalid => kind,
        scalar::Refused::LoneQuote => FaultKind::LoneQuote,
    }
}
