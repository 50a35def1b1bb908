//! Which keys were written, and how, for go-toml v1: it merges all tables into one tree of values
//! and refuses what does not fit (`parser.go`, `createSubTree` in `toml.go`).

use std::borrow::Cow;

use super::fault::FaultKind;
use super::place::Part;
use crate::hash::{HashMap, HashSet};
use crate::source::{Source, Span};
use crate::tree::{NodeId, NodeKind, Tree, unquote};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    /// Whether it is inline, which closes it.
    Table(bool),
    /// Its last table.
    Array(usize),
}

struct Entry {
    kind: Kind,
    place: Span,
}

/// The tree of values. Entry 0 is the root.
pub struct Merged<'s, 't> {
    source: &'s Source,
    tree: &'t Tree,
    entries: Vec<Entry>,
    index: HashMap<(usize, Cow<'s, str>), usize>,
    /// Which tables have a header, as it is written: another spelling is no duplicate.
    headers: HashSet<(usize, &'s str)>,
    current: usize,
}

impl<'s, 't> Merged<'s, 't> {
    pub fn new(source: &'s Source, tree: &'t Tree) -> Self {
        let root = Entry { kind: Kind::Table(false), place: Span::default() };
        Self {
            source,
            tree,
            entries: vec![root],
            index: HashMap::default(),
            headers: HashSet::default(),
            current: 0,
        }
    }

    fn add(&mut self, parent: usize, part: &Part<'s>, kind: Kind) -> usize {
        let id = self.push(kind, part.1);
        self.index.insert((parent, part.0.clone()), id);
        id
    }

    fn push(&mut self, kind: Kind, place: Span) -> usize {
        self.entries.push(Entry { kind, place });
        self.entries.len() - 1
    }

    fn find(&self, parent: usize, part: &Part<'s>) -> Option<usize> {
        self.index.get(&(parent, part.0.clone())).copied()
    }

    /// The table that a part leads to, made if needed; of an array, the last one.
    fn enter(&mut self, parent: usize, part: &Part<'s>) -> Result<usize, FaultKind> {
        let Some(id) = self.find(parent, part) else {
            let kind = self.entries[parent].kind;
            return Ok(self.add(parent, part, kind));
        };
        match self.entries[id].kind {
            Kind::Table(_) => Ok(id),
            Kind::Array(last) => Ok(last),
            Kind::Value => Err(FaultKind::NotATable { first: self.entries[id].place }),
        }
    }

    fn walk(&mut self, from: usize, path: &[Part<'s>]) -> Result<usize, (usize, FaultKind)> {
        let mut parent = from;
        for (at, part) in path.iter().enumerate() {
            parent = self.enter(parent, part).map_err(|kind| (at, kind))?;
        }
        Ok(parent)
    }

    /// `[path]` or `[[path]]`, `raw` without its brackets; whether it is the first of its name, or
    /// which part is at fault and how.
    pub fn header(
        &mut self,
        path: &[Part<'s>],
        raw: &'s str,
        array: bool,
    ) -> Result<bool, (usize, FaultKind)> {
        let Some((last, before)) = path.split_last() else { return Ok(true) };
        let at = before.len();
        if !array {
            let parent = self.walk(0, path)?;
            self.current = parent;
            let Entry { kind, place: first } = self.entries[parent];
            if !self.headers.insert((parent, raw)) {
                return Err((at, FaultKind::DuplicateTable { first }));
            }
            return match kind {
                Kind::Table(true) => Err((at, FaultKind::Redefined { first })),
                _ => Ok(false),
            };
        }
        let parent = self.walk(0, before)?;
        let table = self.push(Kind::Table(false), last.1);
        self.headers.insert((table, raw));
        let first = match self.find(parent, last) {
            None => {
                self.add(parent, last, Kind::Array(table));
                true
            }
            Some(id) => {
                let first = self.entries[id].place;
                let entry = &mut self.entries[id];
                match entry.kind {
                    Kind::Array(_) => entry.kind = Kind::Array(table),
                    Kind::Table(_) => return Err((at, FaultKind::MixedBrackets { first })),
                    Kind::Value => return Err((at, FaultKind::NotATable { first })),
                }
                false
            }
        };
        self.current = table;
        Ok(first)
    }

    /// `path = value` in the current table; or which part is at fault and how.
    pub fn pair(&mut self, path: &[Part<'s>], value: NodeId) -> Result<(), (usize, FaultKind)> {
        let Some((last, before)) = path.split_last() else { return Ok(()) };
        let parent = self.walk(self.current, before)?;
        let Entry { kind, place: first } = self.entries[parent];
        if kind == Kind::Table(true) {
            return Err((before.len().saturating_sub(1), FaultKind::Redefined { first }));
        }
        if let Some(id) = self.find(parent, last) {
            let first = self.entries[id].place;
            return Err((before.len(), FaultKind::DuplicateKey { first }));
        }
        self.value(parent, last, value);
        Ok(())
    }

    /// Puts a value in its place, and what is inside inline tables in theirs.
    fn value(&mut self, parent: usize, part: &Part<'s>, value: NodeId) {
        let tree = self.tree;
        let inline = |id: NodeId| {
            tree.nodes.get(id).is_some_and(|node| node.kind == NodeKind::Inline && !node.broken)
        };
        let mut open = vec![(parent, part.clone(), value)];
        while let Some((parent, part, value)) = open.pop() {
            if inline(value) {
                let table = self.add(parent, &part, Kind::Table(true));
                self.members(table, value, &mut open);
                continue;
            }
            let tables = tree.nodes.get(value).is_some_and(|node| node.kind == NodeKind::Array)
                && tree.children(value).all(|(id, _)| inline(id));
            let mut kind = Kind::Value;
            if tables {
                for (id, node) in tree.children(value) {
                    let table = self.push(Kind::Table(true), node.span);
                    self.members(table, id, &mut open);
                    kind = Kind::Array(table);
                }
            }
            self.add(parent, &part, kind);
        }
    }

    /// A later member replaces an earlier one of its name without a word (`SetPath`).
    fn members(&mut self, table: usize, inline: NodeId, open: &mut Vec<(usize, Part<'s>, NodeId)>) {
        let tree = self.tree;
        for (id, pair) in tree.children(inline) {
            let NodeKind::Pair { keys } = &pair.kind else { continue };
            let mut parent = Some(table);
            let path = tree.path(keys);
            for (at, key) in path.iter().enumerate() {
                let Some(above) = parent else { break };
                let part = (unquote(self.source.slice(key.span), key.quote), key.span);
                if at + 1 == path.len() {
                    open.push((above, part, id + 1));
                } else if self.find(above, &part).is_some() {
                    parent = self.enter(above, &part).ok();
                } else {
                    parent = Some(self.add(above, &part, Kind::Table(false)));
                }
            }
        }
    }
}
