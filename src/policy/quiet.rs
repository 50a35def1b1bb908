//! Which requirements need not be judged for a file: those that pass wherever nothing is said of
//! the keys that they read. Most files say little.

use super::condition::Answer;
use super::pattern::{Facet, Pattern, Step};
use super::select::Selector;
use super::{Requirement, When};
use crate::decode::root_keys;
use crate::effective::Effective;
use crate::model::{Config, Growing, Keyed, REGISTRY_BITS, Registry, WORKER_BITS, Worker};
use crate::schema::{Key, Kind};
use crate::settings::Settings;
use crate::source::Span;

/// Notes what requirements read, and which are quiet about a file that says nothing of it, under
/// these settings.
pub fn hush(requirements: &mut [Requirement], settings: &Settings) {
    for one in requirements {
        one.quiet = passes(one, &Config::default(), settings);
        one.reads = one.reads(settings);
    }
}

/// Whether nothing is found, and nothing left open.
fn passes(one: &Requirement, config: &Config<'_>, settings: &Settings) -> bool {
    let (mut broken, mut unchecked) = (Vec::new(), Vec::new());
    let selector = Selector::new(Effective::new(config, settings));
    one.judge(&selector, &mut broken, &mut unchecked);
    broken.is_empty() && unchecked.is_empty()
}

/// The bit of a key in [`Config::said`].
fn bit(keys: &[Key], name: &str, from: u32) -> Option<u64> {
    let at = keys.iter().position(|key| key.name == name)?;
    1_u64.checked_shl(from + u32::try_from(at).ok()?)
}

/// What of a worker's table says how it collects garbage.
const COLLECTION: [&str; 6] =
    ["gc", "gckeepstorage", "reservedSpace", "maxUsedSpace", "minFreeSpace", "gcpolicy"];

impl Requirement {
    fn reads(&self, settings: &Settings) -> u64 {
        let Some(step) = self.key.steps.first() else { return u64::MAX };
        let bit = |name: &str| bit(root_keys(), name, 0).unwrap_or(u64::MAX);
        let own = match step.name.as_str() {
            // The level that `debug` and `trace` stand for.
            "log" => bit("log") | bit("debug") | bit("trace"),
            "worker" => self.reads_of_worker().unwrap_or(bit("worker")),
            "registry" => self.reads_of_registry(settings).unwrap_or(bit("registry")),
            name => bit(name),
        };
        let is_scheme = |pattern: &Pattern| pattern.facet == Some(Facet::Scheme);
        // The scheme of a host follows from what its table says; an address has its own.
        let is_asked = || is_scheme(&self.key) || self.relative().any(is_scheme);
        if step.name != "grpc" && is_asked() { own | bit("registry") } else { own }
    }

    /// The keys of a worker's table that it reads, if it reads nothing else.
    fn reads_of_worker(&self) -> Option<u64> {
        let [_, _, rest @ ..] = self.key.steps.as_slice() else { return None };
        let bits = |names: &[&str]| {
            let mut bits = names.iter().map(|name| bit(Worker::KEYS, name, WORKER_BITS));
            bits.try_fold(0, |all, bit| Some(all | bit?))
        };
        let read = |step: &Step| match Worker::KEYS.iter().find(|key| key.name == step.name)?.kind {
            // What these come to depends on all of them.
            Kind::Size | Kind::List(_) => bits(&COLLECTION),
            _ => bits(&[&step.name]),
        };
        let used = bits(&["enabled"])?;
        match rest.first() {
            Some(step) => Some(used | read(step)?),
            None => {
                self.relative().try_fold(used, |all, key| Some(all | read(key.steps.first()?)?))
            }
        }
    }

    /// The keys of a registry's table that it reads, if it is quiet about a table without them.
    fn reads_of_registry(&self, settings: &Settings) -> Option<u64> {
        let [_, name, rest @ ..] = self.key.steps.as_slice() else { return None };
        let mut config = Config::default();
        config.registry.named_mut(name.name.as_str().into(), Span::at(0), false);
        if !passes(self, &config, settings) {
            return None;
        }
        let read = |step: &Step| bit(Registry::KEYS, &step.name, REGISTRY_BITS);
        if let Some(step) = rest.first() {
            return read(step);
        }
        let selector = Selector::new(Effective::new(&config, settings));
        let counts = self.counts(&selector);
        self.relative().try_fold(0, |all, key| match key.steps.first() {
            Some(step) => Some(all | read(step)?),
            // The name of the table, which is looked at only where the rule counts.
            None => Some(all).filter(|_| !counts),
        })
    }

    /// Whether `when` holds anywhere.
    fn counts<'a>(&'a self, selector: &Selector<'a>) -> bool {
        let mut counts = false;
        selector.follow(&selector.root(), &self.key, &mut |subject| {
            counts |= self.when.holds(selector, subject) != Answer::No;
        });
        counts
    }

    /// The keys relative to the selected one.
    fn relative(&self) -> impl Iterator<Item = &Pattern> {
        let mut keys: Vec<_> = self.must.iter().map(|(pattern, _)| pattern).collect();
        self.when.keys(&mut keys);
        keys.into_iter()
    }
}

impl When {
    fn keys<'a>(&'a self, keys: &mut Vec<&'a Pattern>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|one| one.keys(keys)),
            Self::Key(pattern, _) => keys.push(pattern),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::condition::{Operand, Test};
    use super::super::{Origin, judge};
    use super::*;
    use crate::decode::decode;
    use crate::source::Source;
    use crate::tree::Tree;

    /// What is found, and left open, in a file.
    fn judged(requirements: &[Requirement], text: &str, usual: bool) -> Vec<String> {
        let settings = Settings::default();
        let source = Source::new("x", text.into());
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, settings.buildkit);
        let selector = Selector::new(Effective::new(&decoded.config, &settings));
        let (mut unchecked, mut all) = (Vec::new(), Vec::new());
        judge(requirements, &selector, usual, &mut unchecked, |found| {
            all.extend(found.into_iter().map(|one| format!("{} {}", one.rule, one.message)));
        });
        all.extend(unchecked.into_iter().map(|one| one.what.into_owned()));
        all
    }

    #[test]
    fn what_is_passed_over_would_have_passed() {
        let text = |text: &str| Test::Is(Operand::Text(text.to_owned()));
        let max = |text: &str| Test::Max(Operand::Text(text.to_owned()));
        let origin = Origin { file: "bklint.toml".to_owned(), span: Span::at(0) };
        let rules = [
            ("log.level", text("info")),
            ("worker.used.snapshotter", text("auto")),
            ("worker.*.rootless", Test::Set(false)),
            ("worker.used.labels.team", Test::Set(false)),
            ("worker.used.reservedSpace", Test::Set(false)),
            ("worker.used.maxUsedSpace", max("100GB")),
            ("worker.used.gcpolicy[last].maxUsedSpace", max("100GB")),
            ("worker.used.gcpolicy[any].minFreeSpace", Test::Min(Operand::Text("20%".to_owned()))),
            ("worker.used.gcpolicy[first].keepDuration", max("48h")),
            ("grpc.address[each]:scheme", text("unix")),
            ("registry.*.mirrors[each]", text("m")),
            ("registry.'docker.io'.mirrors[each]:host", text("m")),
            ("registry.*:scheme", text("https")),
            ("registry.*:host", Test::unlike(&["evil".to_owned()])),
            ("registry.*.mirrors[each]:scheme", text("https")),
            ("frontend.'gateway.v0'.allowedRepositories[each]:scheme", text("https")),
            ("history.maxAge", max("48h")),
        ];
        let mut requirements: Vec<_> = rules
            .into_iter()
            .map(|(key, test)| Requirement {
                id: key.to_owned().into(),
                ..Requirement::on(key, &origin).must(".", test)
            })
            .collect();
        let plain =
            Requirement::on("registry.*", &origin).when("http", Test::Is(Operand::Bool(true)));
        let plain = plain.must(":host", text("lab"));
        requirements.push(Requirement { id: "plain".into(), ..plain });
        for one in &mut requirements {
            one.settle().unwrap();
        }
        hush(&mut requirements, &Settings::default());
        assert!(requirements.iter().all(|one| one.quiet));
        let mut broken = crate::hash::HashSet::default();
        for file in [
            "debug = true",
            "trace = true",
            "log.level = \"warn\"",
            "[worker.oci]\nenabled = false",
            "[worker.oci]\nrootless = true",
            "[worker.oci]\nsnapshotter = \"native\"\nlabels = { team = \"x\" }",
            "[worker.oci]\ngc = false",
            "[worker.oci]\ngckeepstorage = \"1TB\"",
            "[worker.oci]\nreservedSpace = \"1TB\"",
            "[worker.oci]\nmaxUsedSpace = \"1TB\"",
            "[worker.oci]\nminFreeSpace = \"1%\"",
            "[[worker.oci.gcpolicy]]\nkeepDuration = \"72h\"",
            "grpc.address = [\"tcp://127.0.0.1:1\"]",
            "[registry.localhost]",
            "[registry.evil]",
            "[registry.'docker.io']\nmirrors = [\"x\"]",
            "[registry.quay]\nca = [\"x\"]",
            "[registry.x]\nhttp = true\nmirrors = [\"x\"]",
            "[registry.'docker.io']\nhttp = true\n[frontend.'gateway.v0']\nallowedRepositories = ['x']",
            "[history]\nmaxAge = \"72h\"",
        ] {
            let all = judged(&requirements, file, false);
            assert_eq!(judged(&requirements, file, true), all, "{file}");
            broken.extend(all.iter().filter_map(|one| one.split(' ').next().map(str::to_owned)));
        }
        let never: Vec<_> = requirements.iter().filter(|one| !broken.contains(&*one.id)).collect();
        assert!(never.is_empty(), "{never:?}");
    }
}
