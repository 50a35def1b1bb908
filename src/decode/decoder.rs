//! What is at hand while a tree is decoded, and how what is found is kept.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use super::classify::{Class, Unknown, classify};
use super::decoded::Oddity;
use super::fault::{Fault, FaultKind};
use super::name::named;
use super::place::{Part, Stop};
use super::quirk::Quirks;
use crate::release::Release;
use crate::source::{Source, Span};
use crate::tree::{Key, KeyId, NodeId, Tree, unquoted};

/// One pass over a tree for one release.
pub struct Decoder<'s, 't> {
    pub source: &'s Source,
    pub tree: &'t Tree,
    pub release: Release,
    pub quirks: Quirks,
    pub faults: Vec<Fault>,
    pub unknown: Vec<Unknown<'s>>,
    pub oddities: Vec<Oddity>,
    /// The way from the root to the table that is being filled.
    pub path: Vec<Cow<'s, str>>,
    /// The header or pair that is being read.
    pub node: NodeId,
    /// Places for the parts of a key, to be used again.
    pub spare: Vec<Vec<Part<'s>>>,
}

impl<'s> Decoder<'s, '_> {
    /// The parts of a dotted key, in a place that [`Decoder::spare`] may have had.
    pub fn parts(&mut self, keys: &Range<KeyId>) -> Vec<Part<'s>> {
        let path = self.tree.path(keys);
        let mut parts = self.spare.pop().unwrap_or_default();
        parts.clear();
        let part = |key: &Key| (unquoted(self.source, key.span, key.quote), key.span);
        parts.extend(path.iter().map(part));
        parts
    }

    pub fn fault_at(&mut self, kind: FaultKind, parts: &[Part<'s>], at: usize) {
        let span = parts.get(at).or(parts.last()).map_or_else(Span::default, |part| part.1);
        let shown = self.path.iter().chain(parts.iter().take(at + 1).map(|part| &part.0));
        let key = self.shared(named(shown));
        self.faults.push(Fault { key, ..Fault::new(kind, span).at(Some(self.node)) });
    }

    pub fn fault(&mut self, kind: FaultKind, value: NodeId, parts: &[Part<'s>]) {
        let Some(node) = self.tree.nodes.get(value) else { return };
        let key = self.shared(named(self.path.iter().chain(parts.iter().map(|part| &part.0))));
        let context = parts.last().map(|part| part.1);
        let fault = Fault::new(kind, node.span).at(Some(value));
        self.faults.push(Fault { key, context, ..fault });
    }

    /// A name for a fault, which may be that of the one before.
    pub fn shared(&self, key: String) -> Option<Rc<str>> {
        let last = self.faults.last().and_then(|fault| fault.key.clone());
        last.filter(|last| **last == *key).or_else(|| Some(key.into()))
    }

    pub fn stop(&mut self, stop: Stop, parts: &[Part<'s>]) {
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
}
