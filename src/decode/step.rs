//! Where a header leads, and where each part of a dotted key does.

use std::borrow::Cow;
use std::rc::Rc;

use super::decoded::Oddity;
use super::decoder::Decoder;
use super::fault::FaultKind;
use super::field::{field, is_embedded};
use super::place::{Part, Place, Stop, Way, inner, label, zero};
use super::quirk::Quirk;
use crate::model::{Assigned, Config, Element, Field, Leaf, Slot};
use crate::schema::{Key, Kind};
use crate::source::Span;
use crate::tree::NodeKind;

impl<'s> Decoder<'s, '_> {
    /// Where a header leads: `handleTable` and `handleArrayTable` of go-toml.
    pub fn open<'a>(
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
            Place::Slot(mut slot @ (Slot::Size(_) | Slot::Duration(_)), key) => {
                if key.pointer {
                    zero(&mut slot, span);
                }
                self.oddities.push(Oddity::EmptyHeader { node: self.node, key });
                Ok(Place::Slot(slot, key))
            }
            Place::Slot(_, key) if tables_only => value(key.kind),
            Place::Text(_) | Place::Closed(_) | Place::Inner(_) if tables_only => value(Kind::Str),
            Place::Slot(mut slot, key) => {
                if key.pointer {
                    zero(&mut slot, span);
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
    pub fn step<'a>(
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
            Place::Slot(Slot::Size(leaf), key) => inner(leaf, key, &parts[at], at, self.quirks),
            Place::Slot(Slot::Duration(leaf), key) => inner(leaf, key, &parts[at], at, self.quirks),
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

    /// Whether the parser comes to the end of the header; what follows it there is read later.
    fn is_closed(&self) -> bool {
        let Some(node) = self.tree.nodes.get(self.node) else { return true };
        if self.source.has_invalid(node.span) {
            return false;
        }
        if !node.broken {
            return true;
        }
        let NodeKind::Header { keys, array } = &node.kind else { return true };
        let path = self.tree.path_span(keys);
        let rest = self.source.slice(Span::new(path.end, node.span.end));
        rest.trim_start_matches([' ', '\t']).starts_with(if *array { "]]" } else { "]" })
    }

    pub fn below(&self, wanted: Kind, header: Option<bool>) -> FaultKind {
        match header {
            Some(_) if !self.quirks.has(Quirk::HeadersMakeTables) && self.is_closed() => {
                FaultKind::HeaderBelowScalar { wanted }
            }
            _ => FaultKind::BelowScalar { wanted },
        }
    }

    /// The first part of a path that names no key, as far as tables go, and the keys that it could
    /// have named.
    pub fn lost(
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
}
