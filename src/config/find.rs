//! Which `bklint.toml` count for a file, and where they may come from.
//!
//! They are looked for from the file upwards to the root of its git work tree; outside one, only
//! beside the file. A repository is not trusted further than its files are: a configuration counts
//! only if nobody can write it who cannot write the linted file too, and neither it nor a preset
//! may lead out of the work tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::stack::{self, Resolved, Run, Stack};
use super::{Layer, MAX_SIZE, NAME};
use crate::hash::HashMap;
use crate::levels::Levels;
use crate::order::Order;
use crate::own::{Fault, FaultKind};
use crate::settings::{Overlay, Settings, absolute, work_tree};
use crate::source::Source;
use crate::version::Version;
use crate::world::{Failure, World, Writers};

/// A preset that comes with bklint.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it says, by the version of bklint from which on it does; the newest first.
    texts: &'static [(Version, &'static str)],
}

/// All of them.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "recommended",
        texts: &[(Version::FIRST, include_str!("../../rules/presets/recommended.toml"))],
    },
    Preset {
        name: "strict",
        texts: &[(Version::FIRST, include_str!("../../rules/presets/strict.toml"))],
    },
    Preset {
        name: "hardened",
        texts: &[(Version::FIRST, include_str!("../../rules/presets/hardened.toml"))],
    },
];

impl Preset {
    /// The preset of a name.
    ///
    /// # Errors
    /// The names that there are.
    pub fn find(name: &str) -> Result<&'static Self, String> {
        let found = PRESETS.iter().find(|preset| preset.name == name);
        found.ok_or_else(|| {
            let known: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
            known.join(", ")
        })
    }

    /// What it says, or said in the version that it is pinned to.
    fn text(&self, pin: Option<Version>) -> &'static str {
        let mut texts = self.texts.iter();
        let text = texts.find(|(since, _)| pin.is_none_or(|pin| *since <= pin));
        text.map_or("", |(_, text)| *text)
    }
}

/// How configuration is looked for.
#[derive(Clone, Debug, Default)]
pub enum Lookup {
    /// Beside the files and above.
    #[default]
    Search,
    /// This file, and no other.
    File(PathBuf),
    /// Not at all.
    Nothing,
}

/// All configuration of a run. Threads may share it.
pub struct Configs<'a> {
    world: &'a dyn World,
    now: i64,
    lookup: Lookup,
    /// What `--config` named.
    named: Option<Arc<Layer>>,
    policy: Stack,
    base: Settings,
    overlay: Overlay,
    levels: Levels,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// By folder.
    stacks: HashMap<PathBuf, Arc<Found>>,
    /// By layers, which are kept as long as this is, and overrides.
    resolved: HashMap<(Vec<usize>, Vec<bool>), Arc<Resolved>>,
    /// By path.
    layers: BTreeMap<PathBuf, Option<Arc<Layer>>>,
    notices: BTreeSet<String>,
    errors: BTreeSet<String>,
}

/// What lies above a folder.
struct Found {
    layers: Vec<(Arc<Layer>, Option<Writers>)>,
    stack: Arc<Stack>,
}

impl<'a> Configs<'a> {
    /// No configuration: all files are judged by the same.
    #[must_use]
    pub fn none(world: &'a dyn World, base: Settings, levels: Levels) -> Self {
        Self {
            now: base.time(world),
            world,
            lookup: Lookup::Nothing,
            named: None,
            policy: Stack::default(),
            base,
            overlay: Overlay::default(),
            levels,
            known: Mutex::default(),
        }
    }

    /// Reads what is named on the command line; the rest is read when a file needs it.
    ///
    /// # Errors
    /// If a named file cannot be read.
    pub fn new(
        world: &'a dyn World,
        lookup: Lookup,
        policy: Option<&Path>,
        overlay: Overlay,
        levels: Levels,
    ) -> Result<Self, String> {
        let mut base = Settings::default();
        base.apply(&overlay);
        let mut configs = Self { lookup, overlay, ..Self::none(world, base, levels) };
        if let Lookup::File(path) = &configs.lookup {
            configs.named = Some(configs.named_layer(path)?);
        }
        if let Some(path) = policy {
            configs.policy = Stack::new(vec![configs.named_layer(path)?]);
        }
        Ok(configs)
    }

    fn named_layer(&self, path: &Path) -> Result<Arc<Layer>, String> {
        let full = absolute(path, self.world);
        let layer = self.load(&full, &mut Vec::new());
        let layer = layer.map_err(|failure| format!("{}: {failure}", path.display()))?;
        self.known().layers.insert(full, Some(Arc::clone(&layer)));
        Ok(layer)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // A thread that panics takes the run down with it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The layers for a file of that absolute path.
    #[must_use]
    pub fn stack(&self, path: &Path) -> Arc<Stack> {
        match (&self.lookup, &self.named) {
            (Lookup::Nothing, _) => Arc::new(Stack::default()),
            (Lookup::File(_), layer) => Arc::new(Stack::new(layer.iter().cloned().collect())),
            (Lookup::Search, _) => {
                let Some(folder) = path.parent() else { return Arc::new(Stack::default()) };
                let found = self.found(folder);
                self.trusted(&found, path)
            }
        }
    }

    fn found(&self, folder: &Path) -> Arc<Found> {
        if let Some(found) = self.known().stacks.get(folder) {
            return Arc::clone(found);
        }
        let top = work_tree(folder, self.world);
        let folders = folder.ancestors().take_while(|path| match &top {
            Some(top) => path.starts_with(top),
            None => *path == folder,
        });
        let mut layers = Vec::new();
        for folder in folders {
            let path = folder.join(NAME);
            // A link that leads nowhere was meant to lead to one.
            if self.world.kind(&path) != Err(Failure::Missing) || self.world.is_link(&path) {
                let layer = self.layer(&path, top.as_deref().unwrap_or(folder));
                let writers = self.world.writers(&path);
                layers.extend(layer.map(|layer| (layer, writers)));
            }
        }
        layers.reverse();
        let stack = Stack::new(layers.iter().map(|(layer, _)| Arc::clone(layer)).collect());
        let found = Arc::new(Found { layers, stack: Arc::new(stack) });
        Arc::clone(self.known().stacks.entry(folder.to_owned()).or_insert(found))
    }

    /// Those that nobody can write who cannot write the file as well.
    fn trusted(&self, found: &Found, path: &Path) -> Arc<Stack> {
        if found.layers.is_empty() {
            return Arc::clone(&found.stack);
        }
        let own = self.world.writers(path).unwrap_or_default();
        let trusted =
            |writers: &Option<Writers>| writers.is_none_or(|writers| writers.are_among(own));
        let (good, bad): (Vec<_>, Vec<_>) =
            found.layers.iter().partition(|(_, writers)| trusted(writers));
        if bad.is_empty() {
            return Arc::clone(&found.stack);
        }
        for (layer, _) in bad {
            self.known().notices.insert(format!(
                "{}: not read, since others can write it; --config reads it all the same",
                layer.source.name()
            ));
        }
        Arc::new(Stack::new(good.into_iter().map(|(layer, _)| Arc::clone(layer)).collect()))
    }

    /// A layer that was found; none if it must not be read.
    fn layer(&self, path: &Path, top: &Path) -> Option<Arc<Layer>> {
        if let Some(layer) = self.known().layers.get(path) {
            return layer.clone();
        }
        let layer = if let Err(failure) = self.world.kind(path) {
            Err(failure.to_string())
        } else if self.is_within(path, top) {
            self.load(path, &mut Vec::new()).map_err(|failure| failure.to_string())
        } else {
            Err("leads out of its work tree".to_owned())
        };
        let name = self.shown(path);
        let mut known = self.known();
        let layer = layer.map_err(|why| known.errors.insert(format!("{name}: {why}"))).ok();
        known.layers.insert(path.to_owned(), layer.clone());
        layer
    }

    fn is_within(&self, path: &Path, top: &Path) -> bool {
        let real = |path: &Path| self.world.real(path);
        real(path).zip(real(top)).is_some_and(|(path, top)| path.starts_with(top))
    }

    fn shown(&self, path: &Path) -> String {
        let cwd = self.world.cwd();
        let short = cwd.and_then(|cwd| path.strip_prefix(cwd).ok());
        short.unwrap_or(path).display().to_string()
    }

    /// Reads a file and the presets it begins with; `trail` holds those that led here.
    fn load(&self, path: &Path, trail: &mut Vec<PathBuf>) -> Result<Arc<Layer>, Failure> {
        let bytes = self.world.read(path, MAX_SIZE)?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let source = Source::new(self.shown(path), bytes);
        let mut layer = Layer::read(source, folder, self.now);
        trail.push(path.to_owned());
        self.presets(&mut layer, trail);
        trail.pop();
        Ok(Arc::new(layer))
    }

    /// A configuration that is to be judged itself.
    #[must_use]
    pub fn read(&self, source: &Source) -> Arc<Layer> {
        let path = absolute(Path::new(source.name()), self.world);
        if let Some(Some(layer)) = self.known().layers.get(&path)
            && layer.source.text() == source.text()
        {
            return Arc::clone(layer);
        }
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let source = Source::new(source.name(), source.text().into());
        let mut layer = Layer::read(source, folder, self.now);
        self.presets(&mut layer, &mut vec![path]);
        Arc::new(layer)
    }

    fn presets(&self, layer: &mut Layer, trail: &mut Vec<PathBuf>) {
        let Some((name, span)) = layer.preset.clone() else { return };
        match self.preset(&name, &layer.folder, trail) {
            Ok(base) => layer.begin_with(base),
            Err(why) => {
                let kind = FaultKind::Preset { name, why };
                layer.faults.push(Fault { span, kind });
                layer.faults.order_by_key(|fault| fault.span);
            }
        }
    }

    fn preset(
        &self,
        name: &str,
        folder: &Path,
        trail: &mut Vec<PathBuf>,
    ) -> Result<Arc<Layer>, String> {
        let (plain, version) =
            name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
        let known = match Preset::find(plain) {
            Ok(preset) => return Ok(self.built_in(preset, version.map(pin).transpose()?)),
            Err(known) => known,
        };
        if !name.contains(['/', '.']) {
            return Err(format!("known are {known}, and files like ./team.toml"));
        }
        if Path::new(name).is_absolute() {
            return Err("a preset is named relative to the file".into());
        }
        let path = absolute(&folder.join(name), self.world);
        if trail.contains(&path) {
            return Err("it leads back to itself".into());
        }
        let top = work_tree(folder, self.world).unwrap_or_else(|| folder.to_owned());
        if !path.starts_with(&top) {
            return Err(format!("it leads out of {}", self.shown_folder(&top)));
        }
        if let Err(failure) = self.world.kind(&path) {
            return Err(failure.to_string());
        }
        if !self.is_within(&path, &top) {
            return Err(format!("it leads out of {}", self.shown_folder(&top)));
        }
        let layer = self.load(&path, trail).map_err(|failure| failure.to_string())?;
        self.known().layers.insert(path, Some(Arc::clone(&layer)));
        Ok(layer)
    }

    /// A preset of bklint's own as of a version, and so the one that it begins with.
    fn built_in(&self, preset: &Preset, pin: Option<Version>) -> Arc<Layer> {
        let source = Source::new(preset.name, preset.text(pin).as_bytes().to_vec());
        let mut layer = Layer::read(source, PathBuf::new(), self.now);
        let base = layer.preset.as_ref().and_then(|(name, _)| Preset::find(name).ok());
        if let Some(base) = base {
            layer.begin_with(self.built_in(base, pin));
        }
        layer.pin = pin;
        Arc::new(layer)
    }

    fn shown_folder(&self, path: &Path) -> String {
        match self.shown(path) {
            here if here.is_empty() => "this folder".into(),
            name => format!("`{name}`"),
        }
    }

    /// What a file of that name is judged by.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Arc<Resolved> {
        // Without any configuration it does not matter where the file lies.
        let none = matches!(self.lookup, Lookup::Nothing) && self.policy.layers.is_empty();
        let name = Path::new(name);
        let path = if none { name.to_owned() } else { absolute(name, self.world) };
        let stack = self.stack(&path);
        let mut mask = stack.mask(&path);
        mask.extend(self.policy.mask(&path));
        let key = (stack.layers.iter().map(|layer| Arc::as_ptr(layer) as usize).collect(), mask);
        if let Some(resolved) = self.known().resolved.get(&key) {
            return Arc::clone(resolved);
        }
        let run = Run { base: &self.base, overlay: &self.overlay, levels: &self.levels };
        let resolved = Arc::new(stack.resolve(&self.policy, &path, run));
        let mut known = self.known();
        known.notices.extend(resolved.notices.iter().cloned());
        known.resolved.insert(key, Arc::clone(&resolved));
        resolved
    }

    /// All that is wrong with a layer: in itself, and together with others.
    #[must_use]
    pub fn faults(&self, layer: &Layer) -> Vec<Fault> {
        let mut faults = layer.faults.clone();
        faults.extend(stack::conflicts(layer));
        for resolved in self.known().resolved.values() {
            let own = resolved.faults.iter().filter(|(name, _)| name == layer.source.name());
            faults.extend(own.map(|(_, fault)| fault.clone()));
        }
        faults.order_by_key(|fault| fault.span);
        faults.dedup();
        faults
    }

    /// The layers that nothing weakens.
    #[must_use]
    pub const fn policy(&self) -> &Stack {
        &self.policy
    }

    /// Every layer that was read, by path.
    #[must_use]
    pub fn layers(&self) -> Vec<Arc<Layer>> {
        self.known().layers.values().flatten().cloned().collect()
    }

    /// The settings of the run, before any file says more.
    #[must_use]
    pub const fn base(&self) -> &Settings {
        &self.base
    }

    /// How loudly rules speak, before any file says more.
    #[must_use]
    pub const fn levels(&self) -> &Levels {
        &self.levels
    }

    /// The world that is looked at.
    #[must_use]
    pub const fn world(&self) -> &'a dyn World {
        self.world
    }

    /// What was not read, and why.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.known().notices.iter().cloned().collect()
    }

    /// What could not be read.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let unusable = self.layers().into_iter().filter_map(|layer| {
            layer.is_unusable().map(|why| format!("{}: {why}", layer.source.name()))
        });
        let mut errors: Vec<_> = self.known().errors.iter().cloned().collect();
        errors.extend(unusable);
        errors
    }
}

/// The version that a preset is pinned to.
fn pin(version: &str) -> Result<Version, String> {
    let pin = Version::parse(version).filter(|pin| (Version::FIRST..=Version::own()).contains(pin));
    pin.ok_or_else(|| {
        format!("bklint has had no version {version} up to {}", env!("CARGO_PKG_VERSION"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::Selector;
    use crate::rules::Rule;

    #[test]
    fn a_preset_says_what_it_said_in_the_version_it_is_pinned_to() {
        const NEW: Version = Version::new(0, 2, 0);
        const NEWEST: Version = Version::new(0, 4, 0);
        let preset = Preset {
            name: "made-up",
            texts: &[(NEWEST, "newest"), (NEW, "new"), (Version::FIRST, "old")],
        };
        for (pin, text) in [
            (None, "newest"),
            (Some(Version::FIRST), "old"),
            (Some(NEW), "new"),
            (Some(Version::new(0, 3, 9)), "new"),
            (Some(NEWEST), "newest"),
            (Some(Version::new(0, 4, 1)), "newest"),
        ] {
            assert_eq!(preset.text(pin), text, "{pin:?}");
        }
    }

    #[test]
    fn no_preset_names_what_its_version_did_not_have() {
        let world = crate::world::Memory::default();
        let configs = Configs::none(&world, Settings::default(), Levels::default());
        for preset in PRESETS {
            assert_eq!(preset.texts.last().unwrap().0, Version::FIRST, "{}", preset.name);
            assert!(preset.texts.is_sorted_by(|a, b| a.0 > b.0), "{}", preset.name);
            for (since, _) in preset.texts {
                let layer = configs.built_in(preset, Some(*since));
                for (entry, _) in
                    layer.base.iter().chain([&layer]).flat_map(|layer| &layer.body.lints)
                {
                    let Selector::Rule(id) = &entry.selector else { continue };
                    let level = Rule::find(id).unwrap().front().level_at(*since);
                    assert!(level.is_some(), "{} of {since:?} names {id}", preset.name);
                }
            }
        }
    }

    #[test]
    fn a_pin_holds_for_what_a_preset_begins_with() {
        let world = crate::world::Memory::default();
        let configs = Configs::none(&world, Settings::default(), Levels::default());
        let source = Source::new("bklint.toml", "preset = \"hardened@0.1\"\n".into());
        let layer = configs.read(&source);
        let pins: Vec<_> =
            layer.base.iter().map(|layer| (layer.source.name(), layer.pin)).collect();
        let pin = Some(Version::FIRST);
        assert_eq!(pins, [("strict", pin), ("hardened", pin)]);
        assert_eq!(layer.pin, pin);
    }
}
