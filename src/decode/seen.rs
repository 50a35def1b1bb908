//! Which keys were written, and how: go-toml's tracker of duplicates and redefinitions
//! (`internal/tracker/seen.go`), with its order of events, since that decides what it misses.

use std::borrow::Cow;
use std::collections::HashMap;

use super::FaultKind;
use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Table,
    Array,
}

struct Entry<'s> {
    name: Cow<'s, str>,
    kind: Kind,
    /// Named by a header.
    explicit: bool,
    /// Made by a pair, and no header came since.
    pair: bool,
    children: Vec<usize>,
    place: Span,
}

impl<'s> Entry<'s> {
    fn table(name: Cow<'s, str>, place: Span) -> Self {
        Self { name, kind: Kind::Table, explicit: false, pair: false, children: Vec::new(), place }
    }
}

/// The tracker. Entry 0 is the root.
pub struct Seen<'s> {
    entries: Vec<Entry<'s>>,
    index: HashMap<(usize, Cow<'s, str>), usize>,
    current: usize,
}

/// A key with its place.
pub type Part<'s> = (Cow<'s, str>, Span);

impl<'s> Seen<'s> {
    pub fn new() -> Self {
        let root = Entry::table("".into(), Span::default());
        Self { entries: vec![root], index: HashMap::new(), current: 0 }
    }

    fn find(&self, parent: usize, part: &Part<'s>) -> Option<usize> {
        self.index.get(&(parent, part.0.clone())).copied()
    }

    fn create(&mut self, parent: usize, part: &Part<'s>, kind: Kind, pair: bool) -> usize {
        let id = self.entries.len();
        let entry = Entry { kind, pair, ..Entry::table(part.0.clone(), part.1) };
        self.entries.push(entry);
        self.entries[parent].children.push(id);
        self.index.insert((parent, part.0.clone()), id);
        id
    }

    /// A header closes the table before: what dotted keys made there is now fixed.
    fn settle(&mut self) {
        let mut open = self.entries[self.current].children.clone();
        while let Some(id) = open.pop() {
            let entry = &mut self.entries[id];
            if entry.pair {
                entry.explicit = true;
                entry.pair = false;
            }
            open.extend(&entry.children);
        }
    }

    fn clear(&mut self, id: usize) {
        let mut open = vec![id];
        while let Some(parent) = open.pop() {
            for child in std::mem::take(&mut self.entries[parent].children) {
                let name = std::mem::take(&mut self.entries[child].name);
                self.index.remove(&(parent, name));
                open.push(child);
            }
        }
    }

    /// `[path]` or `[[path]]`; whether it is the first of its name, or which part is at fault and
    /// how. What follows a faulty header is then tracked on its own, so that it is not taken for
    /// a repetition of keys that belong elsewhere.
    pub fn header(&mut self, path: &[Part<'s>], array: bool) -> Result<bool, (usize, FaultKind)> {
        self.settle();
        let found = self.enter(path, array);
        if found.is_err() {
            self.current = self.entries.len();
            self.entries.push(Entry::table("".into(), Span::default()));
        }
        found
    }

    fn enter(&mut self, path: &[Part<'s>], array: bool) -> Result<bool, (usize, FaultKind)> {
        let Some((last, before)) = path.split_last() else { return Ok(true) };
        let mut parent = 0;
        for (at, part) in before.iter().enumerate() {
            parent = match self.find(parent, part) {
                None => self.create(parent, part, Kind::Table, false),
                Some(id) if self.entries[id].kind == Kind::Value => {
                    return Err((at, FaultKind::NotATable { first: self.entries[id].place }));
                }
                Some(id) => id,
            };
        }
        let wanted = if array { Kind::Array } else { Kind::Table };
        let Some(id) = self.find(parent, last) else {
            let id = self.create(parent, last, wanted, false);
            self.entries[id].explicit = true;
            self.current = id;
            return Ok(true);
        };
        let entry = &mut self.entries[id];
        let first = entry.place;
        let at = before.len();
        match (entry.kind == wanted, array) {
            (true, true) => self.clear(id),
            (true, false) if entry.explicit => {
                return Err((at, FaultKind::DuplicateTable { first }));
            }
            (true, false) => {
                entry.explicit = true;
                entry.place = last.1;
            }
            (false, _) if entry.kind == Kind::Value => {
                return Err((at, FaultKind::NotATable { first }));
            }
            (false, _) => return Err((at, FaultKind::MixedBrackets { first })),
        }
        self.current = id;
        Ok(false)
    }

    /// `path = value` in the current table; or which part is at fault and how.
    pub fn pair(&mut self, path: &[Part<'s>]) -> Result<(), (usize, FaultKind)> {
        let mut parent = self.current;
        for (at, part) in path.iter().enumerate() {
            let last = at + 1 == path.len();
            parent = match self.find(parent, part) {
                None => self.create(parent, part, Kind::Table, true),
                Some(id) => {
                    let entry = &self.entries[id];
                    let first = entry.place;
                    if last {
                        return Err((at, FaultKind::DuplicateKey { first }));
                    }
                    if entry.kind != Kind::Table {
                        return Err((at, FaultKind::NotATable { first }));
                    }
                    if entry.explicit {
                        return Err((at, FaultKind::Redefined { first }));
                    }
                    id
                }
            };
        }
        self.entries[parent].kind = Kind::Value;
        Ok(())
    }
}
