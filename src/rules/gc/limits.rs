//! The limits of garbage collection, wherever they stand: shared by the rules of this group.

use crate::model::{GcRule, Leaf, Size, Worker};
use crate::rules::Context;

/// Where limits stand together.
pub struct Limits<'a> {
    /// The table, as in `worker.oci`.
    pub table: String,
    /// Their names and values; the deprecated one comes first, what it stands for second.
    pub sizes: [(&'static str, &'a Size<'a>); 4],
    /// The rule, unless they are the worker's own.
    pub rule: Option<&'a GcRule<'a>>,
}

impl<'a> Limits<'a> {
    fn of_worker(name: &str, worker: &'a Worker<'a>) -> Self {
        let sizes = [
            ("gckeepstorage", &worker.gckeepstorage),
            ("reservedSpace", &worker.reserved_space),
            ("maxUsedSpace", &worker.max_used_space),
            ("minFreeSpace", &worker.min_free_space),
        ];
        Self { table: name.to_owned(), sizes, rule: None }
    }

    fn of_rule(name: &str, rule: &'a GcRule<'a>) -> Self {
        let sizes = [
            ("keepBytes", &rule.keep_bytes),
            ("reservedSpace", &rule.reserved_space),
            ("maxUsedSpace", &rule.max_used_space),
            ("minFreeSpace", &rule.min_free_space),
        ];
        Self { table: format!("{name}.gcpolicy"), sizes, rule: Some(rule) }
    }

    /// Those that are read: a deprecated key only without the keys that it gives way to.
    #[must_use]
    pub fn read(&self) -> Vec<(&'static str, &'a Size<'a>)> {
        let void = self.overruled_by().is_some();
        self.sizes.iter().skip(usize::from(void)).copied().collect()
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
        if worker.gc.get() == Some(&false) {
            continue;
        }
        if worker.gcpolicy.is_empty() {
            all.push(Limits::of_worker(name, &worker.body));
        }
        all.extend(worker.gcpolicy.iter().map(|rule| Limits::of_rule(name, &rule.body)));
    }
    all
}

/// The number of a size without a unit, if it is too small to be meant in bytes.
#[must_use]
pub fn small_number(context: &Context<'_>, leaf: &Size<'_>) -> Option<i64> {
    /// A cache of less than a MiB holds nothing.
    const LEAST: i64 = 1 << 20;
    let field = leaf.field()?;
    let digits = context.source.slice(field.span).trim_matches(['"', '\'']);
    let bare = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let bytes = field.value.bytes;
    (bare && bytes > 0 && bytes < LEAST).then_some(bytes)
}
