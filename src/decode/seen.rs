//! Which keys were written, and how: go-toml's tracker of duplicates and redefinitions
//! (`internal/tracker/seen.go`), with its order of events, since that decides what it misses.

use std::borrow::Cow;

use super::fault::FaultKind;
use super::place::Part;
use crate::hash::HashMap;
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
    place: Span,
    /// How many children it has, with the first and the last of them; the root is nobody's child.
    count: u32,
    first: u32,
    last: u32,
    /// The next child of its parent.
    next: u32,
}

impl<'s> Entry<'s> {
    fn table(name: Cow<'s, str>, place: Span) -> Self {
        let (count, first, last, next) = (0, 0, 0, 0);
        Self { name, kind: Kind::Table, explicit: false, place, count, first, last, next }
    }
}

/// As many children as are looked through one by one; most tables have fewer keys.
const FEW: u32 = 8;

/// The tracker. Entry 0 is the root.
pub struct Seen<'s> {
    entries: Vec<Entry<'s>>,
    /// The children of those that have more than [`FEW`].
    index: HashMap<(usize, Cow<'s, str>), usize>,
    current: usize,
    /// Tables that dotted keys made below the last header.
    dotted: Vec<usize>,
}

impl<'s> Seen<'s> {
    pub fn new() -> Self {
        let root = Entry::table("".into(), Span::default());
        Self { entries: vec![root], index: HashMap::default(), current: 0, dotted: Vec::new() }
    }

    /// The child of that name, and whether it had to be made.
    fn child(&mut self, parent: usize, part: &Part<'s>, kind: Kind) -> (usize, bool) {
        let fresh = self.entries.len();
        let many = self.entries[parent].count > FEW;
        let known = if many {
            let id = *self.index.entry((parent, part.0.clone())).or_insert(fresh);
            (id != fresh).then_some(id)
        } else {
            self.children(parent).find(|id| self.entries[*id].name == part.0)
        };
        if let Some(known) = known {
            return (known, false);
        }
        self.entries.push(Entry { kind, ..Entry::table(part.0.clone(), part.1) });
        self.adopt(parent, fresh);
        if !many && self.entries[parent].count > FEW {
            let names: Vec<_> = self.children(parent).collect();
            let names = names.into_iter();
            let names = names.map(|id| ((parent, self.entries[id].name.clone()), id));
            self.index.extend(names);
        }
        (fresh, true)
    }

    fn children(&self, parent: usize) -> impl Iterator<Item = usize> {
        let id = |at: u32| (at > 0).then_some(at as usize);
        let first = id(self.entries[parent].first);
        std::iter::successors(first, move |child| id(self.entries[*child].next))
    }

    fn adopt(&mut self, parent: usize, child: usize) {
        let id = u32::try_from(child).unwrap_or(0);
        let entry = &mut self.entries[parent];
        entry.count += 1;
        let last = std::mem::replace(&mut entry.last, id);
        if last == 0 {
            entry.first = id;
        } else {
            self.entries[last as usize].next = id;
        }
    }

    /// A header closes the table before: what dotted keys made there is now fixed.
    fn settle(&mut self) {
        for id in self.dotted.drain(..) {
            self.entries[id].explicit = true;
        }
    }

    fn clear(&mut self, id: usize) {
        let mut open = vec![id];
        while let Some(parent) = open.pop() {
            let entry = &mut self.entries[parent];
            let many = entry.count > FEW;
            let mut next = std::mem::take(&mut entry.first);
            (entry.count, entry.last) = (0, 0);
            while next > 0 {
                let child = next as usize;
                open.push(child);
                let entry = &mut self.entries[child];
                next = std::mem::take(&mut entry.next);
                let name = std::mem::take(&mut entry.name);
                if many {
                    self.index.remove(&(parent, name));
                }
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
            (parent, _) = self.child(parent, part, Kind::Table);
            let entry = &self.entries[parent];
            if entry.kind == Kind::Value {
                return Err((at, FaultKind::NotATable { first: entry.place }));
            }
        }
        let wanted = if array { Kind::Array } else { Kind::Table };
        let (id, fresh) = self.child(parent, last, wanted);
        let entry = &mut self.entries[id];
        if fresh {
            entry.explicit = true;
            self.current = id;
            return Ok(true);
        }
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
            let kind = if last { Kind::Value } else { Kind::Table };
            let (id, fresh) = self.child(parent, part, kind);
            parent = id;
            if fresh {
                if !last {
                    self.dotted.push(id);
                }
                continue;
            }
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
        }
        Ok(())
    }
}
