//! What the layers for one file come to.

use std::path::Path;
use std::sync::Arc;

use super::{Body, Layer};
use crate::deployment::Launch;
use crate::levels::{Entry, Levels, UnknownRule, Wish};
use crate::model::Config;
use crate::own::{Fault, FaultKind};
use crate::policy::{Param, Params, Requirement, quiet};
use crate::report::Level;
use crate::rules::{Check, Facts, RULES, Rule};
use crate::settings::{Overlay, Override, Settings};
use crate::source::Span;

/// The layers that count for the files of a folder, the weakest first.
#[derive(Debug, Default)]
pub struct Stack {
    /// The presets that the nearest layer with one begins with, then the layers, nearest last.
    pub layers: Vec<Arc<Layer>>,
}

/// What a file is judged by.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Deployment and the like.
    pub settings: Settings,
    /// The same, where they say something else of the deployment than the run.
    pub deployment: Option<Arc<Settings>>,
    /// What flags put in the place of keys if the file says nothing.
    pub usual: Vec<Override>,
    /// How loudly rules speak.
    pub levels: Levels,
    /// What its keys must be.
    pub policies: Vec<Requirement>,
    /// What must be true of more than its keys.
    pub facts: Vec<Demand>,
    /// What the layers say that cannot be, each with the name of the layer.
    pub faults: Vec<(String, Fault)>,
}

/// A built-in policy that looks at more than keys, with its parameters.
#[derive(Debug)]
pub struct Demand {
    /// The rule.
    pub rule: &'static Rule,
    /// What it does.
    pub check: Facts,
    /// By what.
    pub params: Params,
    /// Nothing may weaken it.
    pub bound: bool,
}

/// What the run says about all files.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What to begin with.
    pub base: &'a Settings,
    /// What the command line says about the deployment.
    pub overlay: &'a Overlay,
    /// How loudly rules speak by the command line.
    pub levels: &'a Levels,
}

impl Stack {
    /// The layers, and below them the presets that the nearest one with a preset names.
    #[must_use]
    pub fn new(layers: Vec<Arc<Layer>>) -> Self {
        let base = layers.iter().rev().find(|layer| layer.preset.is_some());
        let base = base.map(|layer| layer.base.clone()).unwrap_or_default();
        Self { layers: base.into_iter().chain(layers).collect() }
    }

    /// Which overrides name the file: what tells files of one folder apart.
    #[must_use]
    pub fn mask(&self, path: &Path) -> Vec<bool> {
        let overrides =
            self.layers.iter().flat_map(|layer| layer.overrides.iter().map(move |o| (layer, o)));
        overrides.map(|(layer, (globs, _))| layer.any(globs, path)).collect()
    }

    fn entries<'a>(&'a self, path: &'a Path) -> Vec<Said<'a>> {
        let mut all = Vec::new();
        for layer in &self.layers {
            for body in layer.bodies(path) {
                all.extend(said(layer, body));
            }
        }
        all
    }

    fn settings(&self, path: &Path, settings: &mut Settings) {
        for layer in &self.layers {
            for body in layer.bodies(path) {
                settings.apply(&body.deployment);
            }
        }
    }

    /// What holds for a file of that absolute path; `policy` is what cannot be weakened.
    #[must_use]
    pub fn resolve(&self, policy: &Self, path: &Path, run: Run<'_>) -> Resolved {
        let mut settings = run.base.clone();
        self.settings(path, &mut settings);
        policy.settings(path, &mut settings);
        settings.apply(run.overlay);

        let shown = |settings: &Settings| serde_json::to_value(settings).ok();
        let differs = shown(&settings) != shown(run.base);
        let deployment = differs.then(|| Arc::new(settings.clone()));

        let pin = self.layers.iter().rev().find(|layer| layer.preset.is_some());
        let pin = pin.and_then(|layer| layer.pin);
        let entries = self.entries(path);
        let floor = policy.entries(path);
        let held = Held::new(&entries, &floor, run.levels.entries());
        let (mut policies, mut facts) = self.policies(path, false);
        let (bound, more) = policy.policies(path, true);
        facts.extend(more);
        // A rule of that id would take the finding of the one that holds, at a level of its own.
        policies.retain(|own| !own.is_own() || bound.iter().all(|other| other.id != own.id));
        policies.extend(bound);
        let mut usual = settings.clone();
        if !policies.is_empty() {
            usual.overrides = Launch::new(&settings, &Config::default()).overrides();
            quiet::hush(&mut policies, &usual);
        }
        let usual = usual.overrides;
        let mut faults: Vec<_> = entries.iter().filter_map(|entry| held.weakens(*entry)).collect();
        faults.extend(entries.iter().filter_map(|entry| self.nobodys(policy, entry)));
        let plain =
            |entries: Vec<Said<'_>>| entries.into_iter().map(|said| said.1.clone()).collect();
        let levels = run.levels.after(plain(entries), plain(floor), pin);
        Resolved { settings, deployment, usual, levels, policies, facts, faults }
    }

    /// What a file must be like; `bound` if nothing may weaken it.
    fn policies(&self, path: &Path, bound: bool) -> (Vec<Requirement>, Vec<Demand>) {
        let bodies = || self.layers.iter().flat_map(|layer| layer.bodies(path));
        let mut tables: Vec<Params> = Vec::new();
        let mut own: Vec<Requirement> = Vec::new();
        for body in bodies() {
            for (table, key, value, origin) in &body.policies {
                let at = tables.iter().position(|known| known.name == *table);
                let at = at.unwrap_or_else(|| {
                    tables.push(Params { name: table.clone(), values: Vec::new() });
                    tables.len() - 1
                });
                let Some(params) = tables.get_mut(at) else { continue };
                // A nearer file replaces a key, and leaves the others.
                params.values.retain(|known| known.name != *key);
                params.values.push(Param::new(key, value, origin));
            }
            for rule in &body.rules {
                own.retain(|known| known.id != rule.id);
                own.push(rule.clone());
            }
        }
        let (mut all, mut facts) = (Vec::new(), Vec::new());
        for params in tables {
            let Some(rule) = built_in(&params.name) else { continue };
            match rule.check {
                Check::Policy(compile) => {
                    let mut compiled = compile(&params);
                    for one in &mut compiled {
                        one.id = rule.id.into();
                        // Why it cannot hold is said of the file that has it.
                        _ = one.settle();
                    }
                    all.extend(compiled);
                }
                Check::Facts(check) => facts.push(Demand { rule, check, params, bound }),
                Check::File(_) | Check::Own(_) => {}
            }
        }
        all.extend(own);
        if bound {
            for one in &mut all {
                one.bound = true;
            }
        }
        (all, facts)
    }

    /// An entry about a rule of one's own that no layer has.
    fn nobodys(&self, policy: &Self, entry: &Said<'_>) -> Option<(String, Fault)> {
        let (layer, said, span) = entry;
        let layers = self.layers.iter().chain(&policy.layers);
        let bodies = layers.flat_map(|layer| layer.all_bodies());
        let mut ids = bodies.flat_map(|body| &body.rules).map(|rule| &*rule.id);
        if !said.selector.is_own() || ids.any(|id| said.selector.names(id)) {
            return None;
        }
        let unknown = UnknownRule::new(&said.selector.to_string());
        let fault = Fault { span: *span, kind: FaultKind::UnknownRule(unknown) };
        Some((layer.source.name().to_owned(), fault))
    }

    /// Where the whole and an override of the same layer say what cannot be.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for layer in &self.layers {
            let never = layer.all_bodies().flat_map(never);
            faults.extend(never.map(|fault| (layer.source.name().to_owned(), fault)));
            let whole = || said(layer, &layer.body);
            for (_, body) in &layer.overrides {
                let entries: Vec<_> = whole().chain(said(layer, body)).collect();
                let held = Held::new(&entries, &[], &[]);
                faults.extend(entries.iter().filter_map(|entry| held.weakens(*entry)));
            }
            if layer.overrides.is_empty() {
                let held = Held::new(&whole().collect::<Vec<_>>(), &[], &[]);
                faults.extend(whole().filter_map(|entry| held.weakens(entry)));
            }
        }
        faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// What the built-in policies of a body demand that can never be.
fn never(body: &Body) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (table, key, value, origin) in &body.policies {
        let Some(Check::Policy(compile)) = built_in(table).map(|rule| rule.check) else { continue };
        let values = vec![Param::new(key, value, origin)];
        for mut one in compile(&Params { name: table.clone(), values }) {
            if let Err(why) = one.settle() {
                faults.push(Fault { span: origin.span, kind: FaultKind::PolicyCondition { why } });
            }
        }
    }
    faults
}

/// The rule of a table below `policy`.
fn built_in(table: &str) -> Option<&'static Rule> {
    Rule::find(&format!("policy::{}", table.replace('-', "_")))
}

/// An entry with its layer and place.
type Said<'a> = (&'a Layer, &'a Entry, Span);

fn said<'a>(layer: &'a Layer, body: &'a Body) -> impl Iterator<Item = Said<'a>> {
    body.lints.iter().map(move |(entry, span)| (layer, entry, *span))
}

/// Below which level each rule must not fall, and who says so.
struct Held(Vec<(&'static str, Level, String)>);

impl Held {
    fn new(entries: &[Said<'_>], floor: &[Said<'_>], run: &[Entry]) -> Self {
        let forbids = entries.iter().map(|said| said.1).chain(run);
        let forbids: Vec<_> = forbids.filter(|entry| entry.wish == Wish::Forbid).collect();
        if forbids.is_empty() && floor.is_empty() {
            return Self(Vec::new());
        }
        let held = RULES.iter().filter_map(|rule| {
            let names = |entry: &&Entry| entry.selector.names(rule.id);
            let floor = floor.iter().rev().map(|said| said.1).find(names);
            let entry = floor.or_else(|| forbids.iter().copied().find(names))?;
            let by = entry.cause.as_ref().map(|cause| cause.place.clone());
            let by = by.unwrap_or_else(|| "the command line".to_owned());
            Some((rule.id, entry.wish.level(), by))
        });
        Self(held.collect())
    }

    fn weakens(&self, (layer, entry, span): Said<'_>) -> Option<(String, Fault)> {
        let Wish::Set(level) = entry.wish else { return None };
        let mut held = self.0.iter();
        let (rule, _, by) =
            held.find(|(id, least, _)| level < *least && entry.selector.names(id))?;
        let kind = FaultKind::Weakened { rule: (*rule).to_owned(), by: by.clone() };
        Some((layer.source.name().to_owned(), Fault { span, kind }))
    }
}
