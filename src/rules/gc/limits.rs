//! The limits of garbage collection, wherever they stand: shared by the rules of this group.

use crate::model::{Bytes, Entry, Field, GcRule, Leaf, Size, Worker};
use crate::release::Release;
use crate::rules::Context;

/// The release that split the old limit into three new ones, which older releases pass over.
pub const SPLIT: Release = Release::new(17, 0);

/// Where limits stand together.
pub struct Limits<'a> {
    /// The worker's table, as in `worker.oci`.
    worker: &'static str,
    /// Their names and values; the deprecated one comes first, what it stands for second.
    pub sizes: [(&'static str, &'a Size<'a>); 4],
    /// The rule, unless they are the worker's own.
    pub rule: Option<&'a GcRule<'a>>,
}

impl<'a> Limits<'a> {
    fn of_worker(name: &'static str, worker: &'a Worker<'a>) -> Self {
        let sizes = [
            ("gckeepstorage", &worker.gckeepstorage),
            ("reservedSpace", &worker.reserved_space),
            ("maxUsedSpace", &worker.max_used_space),
            ("minFreeSpace", &worker.min_free_space),
        ];
        Self { worker: name, sizes, rule: None }
    }

    /// Those of one rule of a worker.
    #[must_use]
    pub fn of_rule(worker: &'static str, rule: &'a GcRule<'a>) -> Self {
        let sizes = [
            ("keepBytes", &rule.keep_bytes),
            ("reservedSpace", &rule.reserved_space),
            ("maxUsedSpace", &rule.max_used_space),
            ("minFreeSpace", &rule.min_free_space),
        ];
        Self { worker, sizes, rule: Some(rule) }
    }

    /// The key of that name, from the root.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        let table = if self.rule.is_some() { ".gcpolicy." } else { "." };
        [self.worker, table, name].concat()
    }

    /// Those that are read: a deprecated key only without the keys that it gives way to.
    #[must_use]
    pub fn read(&self) -> &[(&'static str, &'a Size<'a>)] {
        let [_, rest @ ..] = &self.sizes;
        if self.overruled_by().is_some() { rest } else { &self.sizes }
    }

    /// A limit that buildkitd looks at; zero counts as unset.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Field<Bytes>> {
        let found = self.read().iter().find(|(key, _)| *key == name);
        found.and_then(|(_, leaf)| leaf.field()).filter(|field| !field.value.is_zero())
    }

    /// The same as a value.
    #[must_use]
    pub fn size(&self, name: &str) -> Bytes {
        self.get(name).map_or_else(Bytes::default, |field| field.value)
    }

    /// What is never deleted, under its new name or its old one.
    #[must_use]
    pub fn reserve(&self) -> Bytes {
        let [(old, _), (new, _), ..] = self.sizes;
        self.get(new).or_else(|| self.get(old)).map_or_else(Bytes::default, |field| field.value)
    }

    /// Whether any size limits the cache.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.sizes.iter().any(|(key, _)| self.get(key).is_some())
    }

    /// Whether all that is written could be read, so that a missing limit is really missing.
    #[must_use]
    pub fn legible(&self) -> bool {
        let clear = |leaf: &Size<'_>| !matches!(leaf, Leaf::Invalid(_));
        self.sizes.iter().all(|(_, leaf)| clear(leaf))
            && self.rule.is_none_or(|rule| !matches!(rule.keep_duration, Leaf::Invalid(_)))
    }

    /// Whether records are deleted however young they are.
    #[must_use]
    pub fn ageless(&self) -> bool {
        self.rule.is_none_or(|rule| age(rule) <= 0)
    }

    /// The key that makes the deprecated one void.
    #[must_use]
    pub fn overruled_by(&self) -> Option<(&'static str, &'a Size<'a>)> {
        // A rule's gives way to `reservedSpace` alone, a worker's to all three.
        let count = if self.rule.is_some() { 1 } else { 3 };
        let set = |leaf: &Size<'_>| match leaf {
            Leaf::Absent => false,
            Leaf::Invalid(_) => true,
            Leaf::Set(field) => !field.value.is_zero(),
        };
        self.sizes.iter().skip(1).take(count).copied().find(|(_, leaf)| set(leaf))
    }
}

/// The limits that buildkitd looks at: of collections that are on, and the worker's own only
/// where it has no rules.
#[must_use]
pub fn effective<'a>(context: &Context<'a>) -> Vec<Limits<'a>> {
    let mut all = Vec::new();
    for (name, worker) in context.live_workers() {
        if !worker.is_present() || worker.gc.get() == Some(&false) {
            continue;
        }
        if worker.gcpolicy.is_empty() {
            all.push(Limits::of_worker(name, &worker.body));
        }
        all.extend(worker.gcpolicy.iter().map(|rule| Limits::of_rule(name, &rule.body)));
    }
    all
}

/// The workers that collect by rules of their own, with their names.
pub fn policies<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'static str, &'a [Entry<'a, GcRule<'a>>])> {
    let on = |worker: &Worker<'_>| worker.gc.get() != Some(&false) && !worker.gcpolicy.is_empty();
    context
        .live_workers()
        .filter(move |(_, worker)| on(worker))
        .map(|(name, worker)| (name, &*worker.gcpolicy))
}

/// How long a rule protects what was used, in nanoseconds; zero or less is not at all.
#[must_use]
pub fn age(rule: &GcRule<'_>) -> i64 {
    rule.keep_duration.get().map_or(0, |age| age.0)
}

/// Whether a rule is for some records only: an empty filter matches all.
#[must_use]
pub fn is_filtered(rule: &GcRule<'_>) -> bool {
    let filters = rule.filters.items();
    !filters.is_empty() && filters.iter().all(|filter| !filter.value.is_empty())
}

/// The number of a size without a unit, if it is too small to be meant in bytes.
#[must_use]
pub fn small_number(context: &Context<'_>, leaf: &Size<'_>) -> Option<i64> {
    /// A cache of less than a MiB holds nothing.
    const LEAST: i64 = 1 << 20;
    let field = leaf.field()?;
    let digits = context.source.slice(field.span).trim_matches(['"', '\'']);
    let bare = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.'));
    let bytes = field.value.bytes;
    (bare && bytes > 0 && bytes < LEAST).then_some(bytes)
}
