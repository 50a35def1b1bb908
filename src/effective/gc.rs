//! The rules of garbage collection in force, and in words.
//!
//! Facts are upstream's `getGCPolicy` (`cmd/buildkitd/main.go`), `DefaultGCPolicy` and
//! `DetectDefaultGCCap` (`cmd/buildkitd/config`), and `calculateKeepBytes` (`cache/manager.go`).

use std::borrow::Cow;

use super::value::Effective;
use crate::model::{Bytes, Data, GcRule, Nanos, SECOND, Size, Worker};
use crate::source::Span;

/// A limit of space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// The file says so.
    Size(Bytes),
    /// buildkitd computes it from the disk; in words.
    Detected(&'static str),
}

/// A rule in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule<'a> {
    /// Records that are internal, of a frontend or shared count too.
    pub all: bool,
    /// Records count that match one of them; all, if there is none.
    pub filters: Vec<Cow<'a, str>>,
    /// Records used since then stay.
    pub age: Nanos,
    /// What is kept at least.
    pub reserved: Option<Limit>,
    /// What the cache may take at most.
    pub max: Option<Limit>,
    /// What the disk should have left.
    pub free: Option<Limit>,
    /// The table that makes the rule; none if buildkitd has it built in.
    pub place: Option<Span>,
}

/// What buildkitd takes for `maxUsedSpace` where nobody sets a limit, in words.
pub const DETECTED_MAX: &str = "80% of the disk, at most 100 GB";

/// What that never exceeds.
pub const DETECTED_BOUNDS: [Bytes; 2] =
    [Bytes { bytes: 0, percentage: 80 }, Bytes { bytes: 100_000_000_000, percentage: 0 }];

/// The limits that buildkitd detects, by key; `DetectDefaultGCCap` of upstream.
#[must_use]
pub fn detected(key: &str) -> Option<Limit> {
    Some(match key {
        "reservedSpace" => Limit::Detected("10% of the disk, at most 10 GB"),
        "maxUsedSpace" => Limit::Detected(DETECTED_MAX),
        "minFreeSpace" => Limit::Size(Bytes { bytes: 0, percentage: 20 }),
        _ => return None,
    })
}

/// What one worker collects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Collection<'a> {
    /// Nothing, ever.
    Off,
    /// By these rules, one after the other.
    Rules(Vec<Rule<'a>>),
}

impl<'a> Effective<'a> {
    /// What the worker of that table collects.
    #[must_use]
    pub fn collection(&self, name: &str, worker: &'a Worker<'a>) -> Collection<'a> {
        if !self.collects(name, worker) {
            return Collection::Off;
        }
        if worker.gcpolicy.is_empty() {
            return Collection::Rules(self.built_in(name, worker));
        }
        let written = worker.gcpolicy.iter().map(|entry| of_file(&entry.body, entry.key));
        Collection::Rules(written.collect())
    }

    /// Whether it collects at all.
    pub(super) fn collects(&self, name: &str, worker: &Worker<'_>) -> bool {
        match self.flag_in(name, "gc").map(|flag| &flag.value) {
            Some(Data::Bool(on)) => *on,
            _ => worker.gc.get() != Some(&false),
        }
    }

    /// A limit of space that the file or a flag sets.
    fn limit(&self, name: &str, key: &str, leaf: &Size<'_>) -> Option<Limit> {
        match self.flag_in(name, key).map(|flag| &flag.value) {
            Some(Data::Size(size)) if !size.is_zero() => Some(Limit::Size(*size)),
            Some(_) => None,
            None => set(leaf),
        }
    }

    /// The limits of space in force for a worker without rules of its own: reserved, maximum, free.
    /// One that is set turns off all that are detected.
    #[must_use]
    pub fn limits(&self, name: &str, worker: &Worker<'_>) -> [Option<Limit>; 3] {
        let limits = [
            self.limit(name, "reservedSpace", &worker.reserved_space),
            self.limit(name, "maxUsedSpace", &worker.max_used_space),
            self.limit(name, "minFreeSpace", &worker.min_free_space),
        ];
        if limits.iter().any(Option::is_some) {
            return limits;
        }
        match set(&worker.gckeepstorage) {
            Some(old) => [Some(old), None, None],
            None => ["reservedSpace", "maxUsedSpace", "minFreeSpace"].map(detected),
        }
    }

    fn built_in(&self, name: &str, worker: &Worker<'_>) -> Vec<Rule<'static>> {
        let hours = |hours: i64| Nanos(hours * 3600 * SECOND);
        let [reserved, max, free] = self.limits(name, worker);
        let rule =
            |all, age| Rule { all, filters: Vec::new(), age, reserved, max, free, place: None };
        // What is most easily made again goes first.
        let easy = ["type==source.local", "type==exec.cachemount", "type==source.git.checkout"];
        let easy = Rule {
            filters: easy.map(Cow::Borrowed).to_vec(),
            reserved: None,
            max: Some(Limit::Size(Bytes { bytes: 512_000_000, percentage: 0 })),
            free: None,
            ..rule(false, hours(48))
        };
        vec![easy, rule(false, hours(60 * 24)), rule(false, Nanos(0)), rule(true, Nanos(0))]
    }
}

fn of_file<'a>(rule: &'a GcRule<'_>, place: Span) -> Rule<'a> {
    Rule {
        all: rule.all.is_true(),
        filters: rule.filters.items().iter().map(|item| Cow::Borrowed(&*item.value)).collect(),
        age: rule.keep_duration.get().copied().unwrap_or_default(),
        reserved: set(&rule.reserved_space).or_else(|| set(&rule.keep_bytes)),
        max: set(&rule.max_used_space),
        free: set(&rule.min_free_space),
        place: Some(place),
    }
}

fn set(leaf: &Size<'_>) -> Option<Limit> {
    leaf.get().filter(|size| !size.is_zero()).map(|size| Limit::Size(*size))
}

impl Rule<'_> {
    /// Whether records have to match something; an empty filter matches all.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty() && self.filters.iter().all(|filter| !filter.is_empty())
    }

    /// Whether it is about everything of any age, but perhaps for what is internal.
    #[must_use]
    pub fn is_general(&self) -> bool {
        !self.is_filtered() && self.age.0 <= 0
    }

    /// What the cache takes at most once it has run, as `calculateKeepBytes` computes it; none if
    /// that depends on the free space of the disk alone.
    #[must_use]
    pub fn ceiling(&self) -> Option<Limit> {
        match (self.max, self.reserved) {
            (Some(Limit::Size(max)), Some(Limit::Size(least))) if below(max, least) => {
                self.reserved
            }
            (Some(max), _) => Some(max),
            (None, _) if self.free.is_some() => None,
            (None, Some(least)) => Some(least),
            (None, None) => Some(Limit::Size(Bytes::default())),
        }
    }

    /// What it does, as a sentence without a full stop.
    #[must_use]
    pub fn words(&self) -> String {
        let mut what = if self.is_filtered() {
            let list: Vec<_> = self.filters.iter().map(|filter| format!("`{filter}`")).collect();
            format!("records that match {}", list.join(" or "))
        } else {
            "records".to_owned()
        };
        what.push_str(if self.all { " (internal ones too)" } else { "" });
        if self.age.0 > 0 {
            what = format!("{what} not used for {}", duration(self.age));
        }
        let mut when = Vec::new();
        let none = (self.reserved, self.max, self.free) == (None, None, None);
        if let Some(most) = self.ceiling().filter(|_| !none) {
            when.push(format!("while the cache takes more than {}", limit(most)));
        }
        if let Some(free) = self.free {
            when.push(format!("while less than {} of the disk is free", bare(free)));
        }
        if when.is_empty() {
            return format!("deletes all {what}");
        }
        let least = match self.reserved {
            Some(least) if self.max.is_some() || self.free.is_some() => {
                format!(", down to {}", limit(least))
            }
            _ => String::new(),
        };
        format!("deletes {what}, the least recently used first, {}{least}", when.join(" or "))
    }
}

fn below(max: Bytes, least: Bytes) -> bool {
    (max.percentage == 0) == (least.percentage == 0)
        && (max.bytes, max.percentage) < (least.bytes, least.percentage)
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::Size(bytes) => size(bytes),
        Limit::Detected(words) => words.to_owned(),
    }
}

/// The same, without the disk.
fn bare(free: Limit) -> String {
    limit(free).trim_end_matches(" of the disk").to_owned()
}

/// A size as people say it: `10 GiB`, `512 MB`, `9 bytes`, `20% of the disk`.
#[must_use]
pub fn size(size: Bytes) -> String {
    const UNITS: [(&str, i64); 8] = [
        ("TiB", 1 << 40),
        ("TB", 1_000_000_000_000),
        ("GiB", 1 << 30),
        ("GB", 1_000_000_000),
        ("MiB", 1 << 20),
        ("MB", 1_000_000),
        ("KiB", 1 << 10),
        ("kB", 1000),
    ];
    if size.percentage != 0 {
        return format!("{}% of the disk", size.percentage);
    }
    let whole = UNITS.iter().find(|(_, unit)| size.bytes != 0 && size.bytes % unit == 0);
    match whole {
        Some((name, unit)) => format!("{} {name}", size.bytes / unit),
        None if size.bytes == 1 => "1 byte".to_owned(),
        None => format!("{} bytes", size.bytes),
    }
}

/// A duration as people say it: `60 days`, `48h`, `1h30m`.
#[must_use]
pub fn duration(Nanos(nanos): Nanos) -> String {
    const DAY: i64 = 24 * 3600;
    let seconds = nanos / SECOND;
    if nanos % SECOND != 0 {
        return format!("{}ms", nanos / 1_000_000);
    }
    if seconds > 2 * DAY && seconds % DAY == 0 {
        return format!("{} days", seconds / DAY);
    }
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "m"), (rest, "s")];
    let parts = parts.into_iter().filter(|(count, _)| *count != 0);
    let text = parts.map(|(count, unit)| count.to_string() + unit).collect::<String>();
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::release::Releases;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::tree::Tree;

    fn words(text: &str) -> Vec<String> {
        let text = format!("[worker.oci]\n{text}");
        let source = Source::new("x", text.into());
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        let settings = Settings::default();
        let effective = Effective::new(&decoded.config, &settings);
        match effective.collection("worker.oci", &decoded.config.worker.oci) {
            Collection::Off => Vec::new(),
            Collection::Rules(rules) => rules.iter().map(Rule::words).collect(),
        }
    }

    #[test]
    fn rules_of_the_file_replace_the_built_in_ones() {
        assert_eq!(words("gc = false\n"), [""; 0]);
        let rule = "[[worker.oci.gcpolicy]]\n";
        assert_eq!(words(rule), ["deletes all records"]);
        assert_eq!(
            words(&format!("{rule}all = true\nkeepDuration = \"48h\"\nmaxUsedSpace = \"10GB\"\n")),
            ["deletes records (internal ones too) not used for 48h, the least recently used \
              first, while the cache takes more than 10 GiB"]
        );
        assert_eq!(
            words(&format!("{rule}keepBytes = 9000\nfilters = [\"type==regular\"]\n")),
            ["deletes records that match `type==regular`, the least recently used first, while \
              the cache takes more than 9 kB"]
        );
    }

    #[test]
    fn one_limit_switches_the_detected_ones_off() {
        let rules = words("minFreeSpace = \"10%\"\n");
        assert_eq!(rules.len(), 4);
        assert_eq!(
            rules[2],
            "deletes records, the least recently used first, while less than 10% of the disk is free"
        );
        assert_eq!(
            words("")[3],
            "deletes records (internal ones too), the least recently used first, while the cache \
             takes more than 80% of the disk, at most 100 GB or while less than 20% of the disk \
             is free, down to 10% of the disk, at most 10 GB"
        );
    }
}
