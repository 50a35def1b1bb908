//! Findings that were there before: a file lists them, and only new ones count.
//!
//! An entry is a path and a fingerprint without line numbers, so that moved lines do not matter,
//! and a fault copied into another file counts. It follows a file to another name only if nothing
//! is left under the old one.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hash::{HashMap, HashSet};
use crate::order::Order;
use crate::render::fingerprint::contents;
use crate::report::{FileReport, Level, Report, SuppressedBy, Suppression};
use crate::settings::absolute;
use crate::world::{Failure, World};

/// The largest baseline that is read, in bytes.
const MAX_SIZE: u64 = 64 << 20;

/// What a file lists.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// A finding that was there before.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
struct Entry {
    /// Relative to the folder of the baseline.
    file: String,
    rule: String,
    fingerprint: String,
}

impl Entry {
    /// What tells it from others, its file aside.
    fn anywhere(&self) -> (String, String) {
        (self.rule.clone(), self.fingerprint.clone())
    }
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If it cannot be read or is none.
    pub fn read(path: &Path, world: &dyn World) -> Result<Self, String> {
        let wrong = |why: String| format!("{}: {why}", path.display());
        let bytes = world.read(path, MAX_SIZE).map_err(|failure| wrong(failure.to_string()))?;
        let read: Self = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("is not a baseline: {error}")))?;
        if read.version != 1 {
            return Err(wrong(format!("is a baseline of version {}", read.version)));
        }
        Ok(read)
    }

    /// All that is reported now and may be silenced.
    #[must_use]
    pub fn of(report: &Report, path: &Path, world: &dyn World) -> Self {
        let place = Place::new(path, world);
        let mut findings = Vec::new();
        for file in &report.files {
            let name = place.name(file);
            for (finding, fingerprint) in file.findings.iter().zip(contents(file)) {
                if finding.level > Level::Allow && !finding.bound {
                    let rule = finding.rule.to_string();
                    findings.push(Entry { file: name.clone(), rule, fingerprint });
                }
            }
        }
        findings.order();
        Self { version: 1, findings }
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Silences what is listed. Returns what is left of the list if the faults that are gone are
    /// taken out, and how many those are.
    pub fn apply(&self, report: &mut Report, path: &Path, world: &dyn World) -> (Self, usize) {
        let place = Place::new(path, world);
        let listed: HashSet<_> = self.findings.iter().collect();
        let known: HashSet<_> = self.findings.iter().map(|entry| entry.file.as_str()).collect();
        // A file counts as moved only if it is gone for certain.
        let is_gone = |name: &str| world.kind(&place.folder.join(name)) == Err(Failure::Missing);
        let gone: HashSet<_> = known.iter().copied().filter(|name| is_gone(name)).collect();
        let mut moved = HashMap::<_, Vec<&Entry>>::default();
        for entry in self.findings.iter().filter(|entry| gone.contains(&*entry.file)) {
            moved.entry(entry.anywhere()).or_default().push(entry);
        }

        let why = Arc::new(Suppression {
            kind: SuppressedBy::Baseline,
            place: path.display().to_string(),
            reason: None,
            until: None,
        });
        let (mut kept, mut looked_at) = (HashSet::default(), HashSet::default());
        for file in &mut report.files {
            let name = place.name(file);
            let prints = contents(file);
            for (finding, fingerprint) in file.findings.iter_mut().zip(prints) {
                let rule = finding.rule.to_string();
                let entry = Entry { file: name.clone(), rule, fingerprint };
                let found = match listed.get(&entry) {
                    Some(found) => Some(*found),
                    None if known.contains(&*name) => None,
                    None => moved.get_mut(&entry.anywhere()).and_then(Vec::pop),
                };
                let Some(found) = found else { continue };
                kept.insert(if found.file == name { found.clone() } else { entry });
                if finding.level > Level::Allow && !finding.bound {
                    finding.suppressed = Some((Arc::clone(&why), finding.level));
                    finding.level = Level::Allow;
                }
            }
            looked_at.insert(name);
        }
        let is_open =
            |entry: &&Entry| !looked_at.contains(&entry.file) && !gone.contains(&*entry.file);
        let mut findings: Vec<_> = self.findings.iter().filter(is_open).cloned().collect();
        findings.extend(kept);
        findings.order();
        let fixed = self.findings.len().saturating_sub(findings.len());
        (Self { version: 1, findings }, fixed)
    }
}

/// Where a baseline lies.
struct Place<'a> {
    folder: std::path::PathBuf,
    world: &'a dyn World,
}

impl<'a> Place<'a> {
    fn new(path: &Path, world: &'a dyn World) -> Self {
        let path = absolute(path, world);
        Self { folder: path.parent().unwrap_or(Path::new("/")).to_owned(), world }
    }

    /// A file as entries name it.
    fn name(&self, file: &FileReport) -> String {
        let path = absolute(Path::new(file.source.name()), self.world);
        let short = path.strip_prefix(&self.folder).unwrap_or(&path);
        short.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::Levels;
    use crate::session::Session;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::world::Memory;

    const BASE: &str = "base.json";
    const BAD: &str = "[worker.oci]\n  gc = false\n";

    fn report(files: &[(&str, &str)], world: &Memory) -> Report {
        let session = Session::new(Settings::default(), Levels::default(), world);
        let files = files
            .iter()
            .map(|(name, text)| session.check(Source::new(*name, text.as_bytes().to_vec())));
        Report { files: files.collect(), ..Report::default() }
    }

    fn world(names: &[&str]) -> Memory {
        let files = names.iter().map(|name| (Path::new("/w").join(name), Vec::new()));
        Memory { files: files.collect(), cwd: Some("/w".into()), ..Memory::default() }
    }

    /// How many findings are new, and how many entries are fixed, after the files have changed.
    fn changed(before: &[(&str, &str)], after: &[(&str, &str)]) -> (usize, usize) {
        let names: Vec<_> = after.iter().map(|(name, _)| *name).collect();
        let world = world(&names);
        let base = Baseline::of(&report(before, &world), Path::new(BASE), &world);
        let base: Baseline = serde_json::from_slice(&base.bytes()).unwrap();
        let mut report = report(after, &world);
        let (_, fixed) = base.apply(&mut report, Path::new(BASE), &world);
        (report.summary().warn, fixed)
    }

    #[test]
    fn only_what_is_new_counts() {
        let moved = format!("# one\n# two\n{BAD}");
        let more = format!("{BAD}[worker.containerd]\n  gc = false\n");
        let good = "[worker.oci]\n  gc = true\n";
        assert_eq!(changed(&[("a", BAD)], &[("a", BAD)]), (0, 0));
        assert_eq!(changed(&[("a", BAD)], &[("a", &moved)]), (0, 0));
        assert_eq!(changed(&[("a", BAD)], &[("a", good)]), (0, 1));
        assert!(changed(&[("a", BAD)], &[("a", &more)]).0 > 0);
        // Copied, and moved.
        assert_eq!(changed(&[("a", BAD)], &[("a", BAD), ("b", BAD)]), (1, 0));
        assert_eq!(changed(&[("a", BAD)], &[("b", BAD)]), (0, 0));
        assert_eq!(changed(&[("a", BAD)], &[("b", BAD), ("c", BAD)]), (1, 0));
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let world = world(&["a", "b"]);
        let base =
            Baseline::of(&report(&[("a", BAD), ("b", BAD)], &world), Path::new(BASE), &world);
        let mut later = report(&[("a", "")], &world);
        let (left, fixed) = base.apply(&mut later, Path::new(BASE), &world);
        assert_eq!((left.findings.len(), fixed), (1, 1));
        assert_eq!(left.findings[0].file, "b");
    }

    #[test]
    fn what_is_no_baseline() {
        for text in ["", "[]", "{\"version\":2,\"findings\":[]}", "{\"version\":1}"] {
            let mut world = world(&[]);
            world.files.insert(BASE.into(), text.into());
            assert!(Baseline::read(Path::new(BASE), &world).is_err(), "{text}");
        }
    }
}
