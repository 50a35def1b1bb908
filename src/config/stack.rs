//! What the layers for one file come to.

use std::path::Path;
use std::sync::Arc;

use super::document::Value;
use super::{Body, Layer};
use crate::deployment::Launch;
use crate::levels::{Entry, Held, Levels, UnknownRule, Wishes};
use crate::model::Config;
use crate::own::{Fault, FaultKind};
use crate::policy::condition::Operand;
use crate::policy::{Origin, Param, Params, Requirement, quiet};
use crate::rules::{Check, Facts, Rule};
use crate::settings::{Overlay, Override, Settings};
use crate::source::Span;
use crate::version::Version;

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
    /// What the command line asks for in vain.
    pub notices: Vec<String>,
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

    /// The version that the nearest layer with a preset is pinned to.
    fn pin(&self) -> Option<Version> {
        self.layers.iter().rev().find(|layer| layer.preset.is_some())?.pin
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

        let (mut policies, mut facts) = self.policies(path, false);
        let (bound, more) = policy.policies(path, true);
        let mut demands = policy.demands(&bound, &more);
        demands.extend(self.demands(&policies, &[]));
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
        let entries = self.entries(path);
        let floor = wishes(&policy.entries(path), policy.pin());
        let levels = run.levels.after(wishes(&entries, self.pin()), floor);
        let mut faults = weakening(&levels, &demands, &entries);
        faults.extend(entries.iter().filter_map(|entry| self.nobodys(policy, entry)));
        let of_run = (entries.len()..levels.count()).filter_map(|at| levels.in_vain(at, &demands));
        let notices = of_run.map(|Held { rule, by, .. }| {
            format!("the command line does not lower the level of `{rule}`, set for good by {by}")
        });
        let notices = notices.collect();
        Resolved { settings, deployment, usual, levels, policies, facts, faults, notices }
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

    /// What of these requirements of its layers no level can weaken.
    fn demands(&self, keys: &[Requirement], facts: &[Demand]) -> Vec<Held> {
        let keys = keys.iter().filter(|one| one.bound);
        let keys = keys.map(|one| (&*one.id, one.level, &one.origin));
        let facts = facts.iter().filter_map(|one| {
            let param = one.params.values.first()?;
            Some((one.rule.id, one.rule.front().level, &param.origin))
        });
        let place = |origin: &Origin| {
            let mut layers = self.layers.iter();
            let layer = layers.find(|layer| layer.source.name() == origin.file);
            layer.map_or_else(|| origin.file.clone(), |layer| layer.place(origin.span))
        };
        let held = |(id, level, origin)| Held { rule: str::to_owned(id), level, by: place(origin) };
        keys.chain(facts).map(held).collect()
    }

    /// An entry about a rule of one's own that no layer has.
    fn nobodys(&self, policy: &Self, entry: &Said<'_>) -> Option<(String, Fault)> {
        let (layer, said, span) = entry;
        let layers = self.layers.iter().chain(&policy.layers);
        let bodies = layers.flat_map(|layer| layer.all_bodies());
        let mut ids = bodies.flat_map(|body| &body.ids);
        if !said.selector.is_own() || ids.any(|id| said.selector.names(id)) {
            return None;
        }
        let unknown = UnknownRule::new(&said.selector.to_string());
        let fault = Fault { span: *span, kind: FaultKind::UnknownRule(unknown) };
        Some((layer.source.name().to_owned(), fault))
    }
}

/// What a layer says that cannot be, other layers aside: what never holds, and levels of an override
/// that those of the whole do not allow.
#[must_use]
pub fn conflicts(layer: &Layer) -> Vec<Fault> {
    let mut faults: Vec<_> = layer.all_bodies().flat_map(never).collect();
    let mut judge = |body: Option<&Body>| {
        let whole = said(layer, &layer.body);
        let entries: Vec<_> =
            whole.chain(body.into_iter().flat_map(|body| said(layer, body))).collect();
        let levels = Levels::default().after(wishes(&entries, layer.pin), Wishes::default());
        faults.extend(weakening(&levels, &[], &entries).into_iter().map(|(_, fault)| fault));
    };
    judge(None);
    layer.overrides.iter().for_each(|(_, body)| judge(Some(body)));
    faults
}

/// What the built-in policies of a body demand that can never be.
fn never(body: &Body) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |origin: &Origin, why| {
        faults.push(Fault { span: origin.span, kind: FaultKind::PolicyCondition { why } });
    };
    for (table, key, value, origin) in &body.policies {
        if let Some(why) = contradicts(body, table, key, value) {
            fault(origin, why);
        }
        let Some(Check::Policy(compile)) = built_in(table).map(|rule| rule.check) else { continue };
        let values = vec![Param::new(key, value, origin)];
        for mut one in compile(&Params { name: table.clone(), values }) {
            if let Err(why) = one.settle() {
                fault(origin, why);
            }
        }
    }
    faults
}

/// Why a parameter leaves nothing that another one of its table would allow.
fn contradicts(body: &Body, table: &str, key: &str, value: &Value) -> Option<String> {
    let other = |name: &str| {
        body.policies
            .iter()
            .find_map(|(other, key, value, _)| (other == table && key == name).then_some(value))
    };
    if (table, key) == ("keys", "forbidden") {
        let mut required = other("required")?.array()?.iter().filter_map(Value::text);
        let forbidden = value.array()?;
        let both = required.find(|key| forbidden.iter().any(|one| one.text() == Some(key)))?;
        return Some(format!("`{both}` is required and forbidden"));
    }
    let name = if key == "max-days" { "min-days-left" } else { &key.replacen("max", "min", 1) };
    if name == key {
        return None;
    }
    let (least, most) = (Operand::read(other(name)?).ok()?, Operand::read(value).ok()?);
    least.is_more_than(&most).then(|| format!("`{name} = {least}` is more than `{key} = {most}`"))
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

/// The entries without their places.
fn wishes(entries: &[Said<'_>], pin: Option<Version>) -> Wishes {
    Wishes { entries: entries.iter().map(|(_, entry, _)| (*entry).clone()).collect(), pin }
}

/// The entries that ask for less than what holds.
fn weakening(levels: &Levels, demands: &[Held], entries: &[Said<'_>]) -> Vec<(String, Fault)> {
    let fault = |(at, (layer, _, span)): (usize, &Said<'_>)| {
        let Held { rule, by, .. } = levels.in_vain(at, demands)?;
        let kind = FaultKind::Weakened { rule, by };
        Some((layer.source.name().to_owned(), Fault { span: *span, kind }))
    };
    entries.iter().enumerate().filter_map(fault).collect()
}
