//! What a safe fix promises: the configuration stays what it is, or a file that was refused loads
//! and opens no door.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::decode::{decode, quirk};
use crate::model::{Config, FreeTable, Growing, Rows, View};
use crate::order::{Order, tree};
use crate::release::{Release, Releases};
use crate::schema::Key;
use crate::source::Source;
use crate::tree::Tree;

/// Whether the promise holds from one text to the other, for every release of the target.
#[must_use]
pub fn keeps(before: &str, after: &str, target: Releases) -> bool {
    let newest = quirk::parts(target).map(|part| part.to);
    newest
        .chain((target.from != target.to).then_some(target.from))
        .all(|release| keeps_for(before, after, release))
}

fn keeps_for(before: &str, after: &str, release: Release) -> bool {
    let target = Releases::only(release);
    let (before, after) =
        (Source::new("", before.to_owned().into()), Source::new("", after.to_owned().into()));
    let trees = (Tree::parse(&before), Tree::parse(&after));
    let (old, new) = (decode(&before, &trees.0, target), decode(&after, &trees.1, target));
    if !old.faults.is_empty() {
        let (old, new) = (Doors::new(&old.config), Doors::new(&new.config));
        return new.open.is_subset(&old.open) && old.guards.is_subset(&new.guards);
    }
    new.faults.is_empty()
        && Two { old: (&before, &trees.0), new: (&after, &trees.1) }.rows(&old.config, &new.config)
}

/// What lets somebody in, and what checks who it is.
struct Doors {
    open: BTreeSet<String>,
    guards: BTreeSet<String>,
}

impl Doors {
    fn new(config: &Config<'_>) -> Self {
        let mut open = BTreeSet::new();
        let mut guards = BTreeSet::new();
        let listed = [
            ("entitlement", &config.insecure_entitlements),
            ("listener", &config.grpc.address),
            ("device", &config.cdi.auto_allowed),
        ];
        for (what, list) in listed {
            open.extend(list.items().iter().map(|item| format!("{what} {}", item.value)));
        }
        if !config.grpc.debug_address.text().is_empty() {
            open.insert(format!("listener {}", config.grpc.debug_address.text()));
        }
        for (name, leaf) in [
            ("ca", &config.grpc.tls.ca),
            ("cert", &config.grpc.tls.cert),
            ("key", &config.grpc.tls.key),
        ] {
            if !leaf.text().is_empty() {
                guards.insert(format!("{name} {}", leaf.text()));
            }
        }
        for entry in config.registry.iter() {
            for (what, leaf) in [("http", &entry.http), ("insecure", &entry.insecure)] {
                if leaf.is_true() {
                    open.insert(format!("{what} {}", entry.name));
                }
            }
            let files = entry.ca.items().iter().chain(entry.tlsconfigdir.items());
            guards.extend(files.map(|file| format!("{} {}", entry.name, file.value)));
        }
        Self { open, guards }
    }
}

/// The texts and trees of two configurations, which tables of anything point into.
struct Two<'a> {
    old: (&'a Source, &'a Tree),
    new: (&'a Source, &'a Tree),
}

impl Two<'_> {
    /// Whether two tables say the same to buildkitd, for which most empty values are unset.
    fn rows(&self, old: &dyn Rows<'_>, new: &dyn Rows<'_>) -> bool {
        let keys = old.keys();
        keys.iter().enumerate().all(|(index, key)| match (old.view(index), new.view(index)) {
            (Some(old), Some(new)) => self.view(key, old, new),
            _ => false,
        })
    }

    fn view(&self, key: &Key, old: View<'_, '_>, new: View<'_, '_>) -> bool {
        /// An empty value of a key that is no pointer is the same as none.
        fn set<T: Default + PartialEq + Clone>(key: &Key, value: Option<&T>) -> Option<T> {
            value.filter(|value| key.pointer || **value != T::default()).cloned()
        }
        match (old, new) {
            (View::Bool(old), View::Bool(new)) => set(key, old.get()) == set(key, new.get()),
            (View::Int(old), View::Int(new)) => set(key, old.get()) == set(key, new.get()),
            (View::Str(old), View::Str(new)) => old.text() == new.text(),
            (View::Strs(old), View::Strs(new)) => {
                let values = old.items().iter().zip(new.items());
                old.get().is_some() == new.get().is_some()
                    && old.items().len() == new.items().len()
                    && values.into_iter().all(|(old, new)| old.value == new.value)
            }
            (View::Size(old), View::Size(new)) => set(key, old.get()) == set(key, new.get()),
            (View::Duration(old), View::Duration(new)) => {
                set(key, old.get()) == set(key, new.get())
            }
            (View::Table(places, old), View::Table(others, new)) => {
                (!key.pointer || places.is_empty() == others.is_empty()) && self.rows(old, new)
            }
            (View::Map(old), View::Map(new)) => self.tables(old, new, true),
            (View::List(old), View::List(new)) => self.tables(old, new, false),
            (View::Labels(old), View::Labels(new)) => {
                let set = |labels: &crate::model::StringMap<'_>| -> BTreeSet<_> {
                    let pairs = labels.entries.iter();
                    tree(pairs.map(|l| (l.name.to_string(), l.value.text().to_owned())))
                };
                old.inline == new.inline && set(old) == set(new)
            }
            (View::Free(old), View::Free(new)) => free(old, self.old).eq(free(new, self.new)),
            _ => false,
        }
    }

    fn tables(&self, old: &dyn Growing<'_>, new: &dyn Growing<'_>, named: bool) -> bool {
        if old.count() != new.count() || old.is_assigned() != new.is_assigned() {
            return false;
        }
        let entries = |tables: &'_ dyn Growing<'_>| -> Vec<(String, usize)> {
            let names = (0..tables.count()).filter_map(|at| Some((tables.entry(at)?.0, at)));
            let mut names: Vec<_> = names.map(|(name, at)| (name.to_owned(), at)).collect();
            if named {
                names.order();
            }
            names
        };
        entries(old).iter().zip(&entries(new)).all(|((name, at), (other, other_at))| {
            name == other
                && match (old.entry(*at), new.entry(*other_at)) {
                    (Some((.., old)), Some((.., new))) => self.rows(old, new),
                    _ => false,
                }
        })
    }
}

/// What a table of anything holds, values as they are written.
fn free<'a>(
    table: &'a FreeTable<'_>,
    (source, tree): (&'a Source, &'a Tree),
) -> impl Iterator<Item = (&'a [Cow<'a, str>], bool, Option<&'a str>, bool)> {
    table.entries.iter().map(move |entry| {
        let value = entry.value.and_then(|node| tree.nodes.get(node));
        // The header of a pair, if there is one, is the last one before it.
        let path = if value.is_none() { &*entry.header } else { &entry.path };
        let value = value.map(|node| source.slice(node.span));
        (path, entry.header.is_empty(), value, entry.array)
    })
}
