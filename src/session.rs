//! Judges one file after the other under the same settings.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::cert::Store;
use crate::config::find::Configs;
use crate::config::stack::Resolved;
use crate::config::{self, Layer};
use crate::decode::decode;
use crate::deployment::Launch;
use crate::edit::Layout;
use crate::effective::Effective;
use crate::effective::start::{self, Stops};
use crate::gather::{Gather, by_place};
use crate::levels::Levels;
use crate::order::Order;
use crate::own::{Fault, Own};
use crate::policy;
use crate::policy::select::Selector;
use crate::report::{
    Applicability, Counts, FileReport, Finding, Locality, MOST, Unchecked, Verdict,
};
use crate::rules::{Check, Context, RULES, Relieve, Sink};
use crate::secrets::{self, Masks};
use crate::settings::{Deploy, Homes, Settings};
use crate::source::{Source, Span};
use crate::suppress::Comments;
use crate::tree::Tree;
use crate::world::World;

/// What stays the same for all files of a run. Threads may share it.
pub struct Session<'a> {
    configs: Configs<'a>,
    certs: Store,
    homes: Homes,
    /// The findings that a report keeps of each file.
    most: usize,
}

impl<'a> Session<'a> {
    /// A session that looks at `world` and judges all files by the same.
    #[must_use]
    pub fn new(settings: Settings, levels: Levels, world: &'a dyn World) -> Self {
        Self::configured(Configs::none(world, settings, levels))
    }

    /// A session that judges each file by the configuration that counts for it.
    #[must_use]
    pub fn configured(configs: Configs<'a>) -> Self {
        Self { configs, certs: Store::default(), homes: Homes::default(), most: MOST }
    }

    /// Keeps all findings, however many: somebody has to go through them before the report is
    /// [limited](crate::report::Report::limit).
    #[must_use]
    pub fn keeping_all(self) -> Self {
        Self { most: usize::MAX, ..self }
    }

    /// What files are judged by, before a configuration says more.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        self.configs.base()
    }

    /// How loudly rules speak, before a configuration says more.
    #[must_use]
    pub const fn levels(&self) -> &Levels {
        self.configs.levels()
    }

    /// The configuration.
    #[must_use]
    pub const fn configs(&self) -> &Configs<'a> {
        &self.configs
    }

    /// Judges a file: a `buildkitd.toml`, or, by its name, a `bklint.toml`.
    #[must_use]
    pub fn check(&self, source: Source) -> FileReport {
        self.judge(self.most, &source).report(source)
    }

    /// Judges several files. Each rule looks at all of them before the next one does, which is faster
    /// where they are small: there is more code in all rules than a processor has at hand.
    #[must_use]
    pub fn check_all(&self, sources: Vec<Source>) -> Vec<FileReport> {
        let judged = self.judge_all(self.most, &sources);
        judged.into_iter().zip(sources).map(|(judged, source)| judged.report(source)).collect()
    }

    /// Judges a file with `most` findings, without a report as yet.
    pub(crate) fn judge(&self, most: usize, source: &Source) -> Judged {
        self.judge_all(most, std::slice::from_ref(source)).swap_remove(0)
    }

    fn judge_all(&self, most: usize, sources: &[Source]) -> Vec<Judged> {
        let is_layer = |source: &Source| {
            Path::new(source.name()).file_name().is_some_and(|name| name == config::NAME)
        };
        let mut judged = Vec::with_capacity(sources.len());
        for alike in sources.chunk_by(|a, b| is_layer(a) == is_layer(b)) {
            if alike.iter().any(is_layer) {
                judged.extend(alike.iter().map(|own| self.judge_layer(&self.configs.read(own))));
            } else {
                self.look_at(alike, &mut |seen| run(seen, most, &mut judged));
            }
        }
        judged
    }

    /// Shows a file to `see` as rules see it, and how it seems to be run if nobody said so.
    pub(crate) fn look<T: Default>(
        &self,
        source: &Source,
        mut see: impl FnMut(&Context<'_>, Option<Deploy>) -> T,
    ) -> T {
        let mut found = T::default();
        self.look_at(std::slice::from_ref(source), &mut |seen| {
            for one in seen {
                found = see(&one.context, one.guess);
            }
        });
        found
    }

    /// Shows files to `see` as rules see them.
    fn look_at(&self, sources: &[Source], see: &mut dyn FnMut(&[Seen<'_>])) {
        let world = self.configs.world();
        let read = |source: &Source| (self.configs.resolve(source.name()), Tree::parse(source));
        let read: Vec<_> = sources.iter().map(read).collect();
        let files = || sources.iter().zip(&read);
        let decoded: Vec<_> = files()
            .map(|(source, (resolved, tree))| decode(source, tree, resolved.settings.buildkit))
            .collect();
        let runs = files().zip(&decoded).map(|((source, (resolved, tree)), decoded)| {
            let guess = resolved.settings.guess(source.name(), world);
            let mut settings = Cow::Borrowed(&resolved.settings);
            if guess.is_some() {
                settings.to_mut().deploy = guess;
            }
            let launch = Launch::new(&settings, &decoded.config);
            if !launch.flags.is_empty() {
                settings.to_mut().overrides = launch.overrides();
            }
            let comments = Comments::read(source, tree, settings.time(world));
            (guess, settings, launch, comments)
        });
        let runs: Vec<_> = runs.collect();
        let parts = files().zip(&decoded).zip(&runs);
        let seen = parts.map(|((file, decoded), (guess, settings, launch, comments))| {
            let (source, (resolved, tree)) = file;
            let context = Context {
                source,
                tree,
                decoded,
                world,
                settings,
                locality: settings.locality(source.name(), &self.homes, world),
                launch,
                layout: Layout::new(source, tree),
                mirrors: OnceCell::new(),
                certs: &self.certs,
                tls: OnceCell::new(),
                copies: OnceCell::new(),
            };
            Seen { context, guess: *guess, resolved, comments }
        });
        see(&seen.collect::<Vec<_>>());
    }

    /// What is wrong with a file of configuration.
    fn judge_layer(&self, layer: &Arc<Layer>) -> Judged {
        let faults = self.configs.faults(layer);
        let resolved = self.configs.resolve(layer.source.name());
        let none = Comments::default();
        let gather = Gather::new(&resolved.levels, &none, self.most);
        let judged = Judged::of_own(&layer.source, &faults, gather);
        Judged { own: true, ..judged }
    }

    /// The configuration that was read for the files and has faults, by path.
    #[must_use]
    pub fn layers(&self) -> Vec<FileReport> {
        let report = |layer: Arc<Layer>| {
            let source = Source::new(layer.source.name(), layer.source.text().into());
            self.judge_layer(&layer).report(source)
        };
        let reports = self.configs.layers().into_iter().map(report);
        reports.filter(|report| !report.findings.is_empty()).collect()
    }
}

/// A file as rules see it.
struct Seen<'a> {
    context: Context<'a>,
    /// How it seems to be run, if nobody said so.
    guess: Option<Deploy>,
    resolved: &'a Resolved,
    comments: &'a Comments,
}

/// Runs all rules on some `buildkitd.toml`.
fn run(seen: &[Seen<'_>], most: usize, judged: &mut Vec<Judged>) {
    let trials = seen.iter().map(|seen| Trial {
        seen,
        findings: Vec::new(),
        unchecked: Vec::new(),
        gather: Gather::new(&seen.resolved.levels, seen.comments, most),
    });
    let mut trials: Vec<_> = trials.collect();
    let mut sinks = Vec::with_capacity(trials.len());
    for Trial { seen, findings, unchecked, gather } in &mut trials {
        sinks.push((&seen.context, Sink::new(RULES[0], findings, unchecked).relieved(gather)));
    }
    for rule in RULES {
        if let Check::File(check) = rule.check {
            for (context, sink) in &mut sinks {
                sink.turn_to(rule);
                check(context, sink);
            }
        }
    }
    drop(sinks);
    judged.extend(trials.into_iter().map(|trial| trial.end(most)));
}

/// A file before the rules.
struct Trial<'a, 's> {
    seen: &'a Seen<'s>,
    findings: Vec<Finding>,
    unchecked: Vec<Unchecked>,
    gather: Gather<'a>,
}

impl Trial<'_, '_> {
    fn end(self, most: usize) -> Judged {
        let Self { seen, mut findings, mut unchecked, mut gather } = self;
        let Seen { context, guess, resolved, comments } = seen;
        if !resolved.policies.is_empty() {
            let effective = Effective::new(&context.decoded.config, context.settings);
            let selector = Selector::new(effective);
            // What a file that says nothing comes to is known under the usual flags.
            let usual = context.settings.overrides == resolved.usual
                && context.settings.deploy == resolved.settings.deploy;
            policy::judge(&resolved.policies, &selector, usual, &mut unchecked, |found| {
                findings.extend(found);
                gather.relieve(&mut findings);
            });
        }
        for one in &resolved.facts {
            let before = findings.len();
            let mut sink = Sink::new(one.rule, &mut findings, &mut unchecked);
            (one.check)(&one.params, context, &mut sink);
            findings.iter_mut().skip(before).for_each(|finding| finding.bound = one.bound);
            gather.relieve(&mut findings);
        }
        gather.tidy(&mut findings);
        let verdicts = Verdicts::new(context, gather.stops, &unchecked);
        let mut judged = Judged::new(findings, unchecked, gather);
        let faults = comments.faults();
        if !faults.is_empty() {
            let gather = Gather::new(&resolved.levels, comments, most);
            judged.add(Judged::of_own(context.source, &faults, gather));
        }
        Judged {
            verdicts,
            guess: *guess,
            deployment: resolved.deployment.clone(),
            locality: context.locality,
            secrets: secrets::spans(context.source, context.tree, context.decoded),
            ..judged
        }
    }
}

/// What was found in a file, secrets and all. They are blotted out before anything leaves this
/// module but for the edits that `fix` carries out.
pub(crate) struct Judged {
    /// Sorted by place.
    pub(crate) findings: Vec<Finding>,
    omitted: Counts,
    unchecked: Vec<Unchecked>,
    /// The rules that found an error, by their own word and not by the user's levels, and how
    /// often.
    pub(crate) denied: BTreeMap<Cow<'static, str>, usize>,
    verdicts: Verdicts,
    guess: Option<Deploy>,
    deployment: Option<Arc<Settings>>,
    locality: Locality,
    secrets: Vec<Span>,
    own: bool,
}

impl Judged {
    /// Of findings that have been gathered.
    fn new(findings: Vec<Finding>, mut unchecked: Vec<Unchecked>, gather: Gather<'_>) -> Self {
        let Gather { denied, omitted, .. } = gather;
        Unchecked::tidy(&mut unchecked);
        Self {
            findings,
            omitted,
            unchecked,
            denied,
            verdicts: Verdicts::none(),
            guess: None,
            deployment: None,
            locality: Locality::Elsewhere,
            secrets: Vec::new(),
            own: false,
        }
    }

    /// What is wrong with bklint's own words in a file.
    fn of_own(source: &Source, faults: &[Fault], mut gather: Gather<'_>) -> Self {
        let own = Own { source, faults };
        let (mut findings, mut unchecked) = (Vec::new(), Vec::new());
        for rule in RULES {
            if let Check::Own(check) = rule.check {
                let sink = Sink::new(rule, &mut findings, &mut unchecked);
                check(&own, &mut sink.relieved(&mut gather));
            }
        }
        gather.tidy(&mut findings);
        Self::new(findings, unchecked, gather)
    }

    /// Whether no finding was let go.
    pub(crate) const fn is_whole(&self) -> bool {
        self.omitted.reported() + self.omitted.suppressed == 0
    }

    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.findings.order_by(by_place);
        self.omitted += other.omitted;
        for (rule, count) in other.denied {
            *self.denied.entry(rule).or_default() += count;
        }
    }

    /// A report of the file that was judged.
    pub(crate) fn report(mut self, mut source: Source) -> FileReport {
        if !source.invalid().is_empty() {
            // An edit that moves text would lose those bytes.
            let fixes = self.findings.iter_mut().flat_map(|finding| &mut finding.fixes);
            fixes.for_each(|fix| fix.applicability = Applicability::Display);
        }
        self.findings.iter_mut().for_each(Finding::shorten_fixes);
        let masks = Masks::new(&source, &self.secrets);
        self.findings.iter_mut().for_each(|finding| masks.finding(finding));
        let words = self.unchecked.iter_mut().flat_map(|item| [&mut item.what, &mut item.reason]);
        let Verdicts { loads, starts, creates } = &mut self.verdicts;
        let reasons = [loads, starts, creates].into_iter().filter_map(|verdict| match verdict {
            Verdict::Unknown(reason) => Some(reason),
            Verdict::Yes | Verdict::No => None,
        });
        for text in words.chain(reasons) {
            // bklint's own words hold none.
            if let Cow::Owned(text) = text {
                masks.text(text);
            }
        }
        source.blot(&self.secrets);
        FileReport {
            loads: self.verdicts.loads,
            starts: self.verdicts.starts,
            creates: self.verdicts.creates,
            guess: self.guess,
            deployment: self.deployment,
            unchecked: self.unchecked,
            locality: self.locality,
            findings: self.findings,
            omitted: self.omitted,
            fixed: 0,
            own: self.own,
            source,
        }
    }
}

struct Verdicts {
    loads: Verdict,
    starts: Verdict,
    creates: Verdict,
}

impl Verdicts {
    /// No buildkitd reads the file.
    fn none() -> Self {
        let none = || Verdict::Unknown("this is bklint's own file".into());
        Self { loads: none(), starts: none(), creates: none() }
    }

    /// From the findings at whatever level: what is allowed still happens.
    fn new(context: &Context<'_>, stops: Stops, unchecked: &[Unchecked]) -> Self {
        let settings = context.settings;
        let loads = match context.decoded.loads(settings.buildkit) {
            Some(true) => Verdict::Yes,
            Some(false) => Verdict::No,
            None => Verdict::Unknown("the decoder of releases before 0.10 is not modelled".into()),
        };
        let starts = start::verdict(context.effective(), stops, unchecked);
        let starts = match (&loads, starts) {
            (Verdict::No, _) => Verdict::No,
            (Verdict::Unknown(reason), Verdict::Yes) => Verdict::Unknown(reason.clone()),
            (_, starts) => starts,
        };
        let creates = match (settings.deploy, settings.driver()) {
            (None, _) => Verdict::Unknown("needs --deploy".into()),
            (_, None) => Verdict::Unknown("buildx has no part in this deployment".into()),
            (_, Some(_)) if settings.create.exists => {
                Verdict::Unknown("the builder is created already".into())
            }
            (_, Some(_)) => context.copies().verdict(),
        };
        Self { loads, starts, creates }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::Wish;
    use crate::report::{Impact, Level};
    use crate::world::Memory;

    fn check(text: &str, levels: Levels) -> FileReport {
        let world = Memory::default();
        Session::new(Settings::default(), levels, &world).check(Source::new("x", text.into()))
    }

    #[test]
    fn verdicts_ignore_levels() {
        let mut levels = Levels::default();
        levels.push(Wish::Set(Level::Allow), "syntax::*").unwrap();
        let report = check("[worker.oci\n", levels);
        assert_eq!((report.loads, report.starts), (Verdict::No, Verdict::No));
        assert_eq!(report.findings[0].level, Level::Allow);
    }

    #[test]
    fn a_file_loads_if_all_releases_of_the_target_take_it() {
        let loads = |text: &str, target: &str| {
            let world = Memory::default();
            let settings = Settings { buildkit: target.parse().unwrap(), ..Settings::default() };
            let session = Session::new(settings, Levels::default(), &world);
            let report = session.check(Source::new("x", text.into()));
            let refused = report.findings.iter().any(|finding| finding.impact == Impact::Load);
            assert_eq!(refused, report.loads == Verdict::No, "{text:?} {target}");
            report.loads.as_bool()
        };
        assert_eq!(loads("", "0.9"), None);
        assert_eq!(loads("", "0.9..0.32"), None);
        assert_eq!(loads("", "0.10..0.32"), Some(true));
        // A key is not read by releases that do not know it.
        assert_eq!(loads("proxyNetwork = 1", "0.30"), Some(true));
        assert_eq!(loads("proxyNetwork = 1", "0.30..0.32"), Some(false));
        // Since v0.28 a byte-order mark is refused, since v0.10 an escape is known, and so on.
        assert_eq!(loads("\u{feff}debug = true", "0.10..0.27"), Some(true));
        assert_eq!(loads("\u{feff}debug = true", "0.9..0.32"), Some(false));
        assert_eq!(loads("root = \"\\e\"", "0.28..0.32"), Some(true));
        assert_eq!(loads("root = \"\\e\"", "0.27..0.32"), Some(false));
        assert_eq!(loads("[history]\nmaxAge = \"48h\"", "0.11..0.32"), Some(false));
        assert_eq!(loads("[history]\nmaxAge = \"48h\"", "0.12..0.32"), Some(true));
    }

    #[test]
    fn files_are_judged_together_as_alone() {
        let world = Memory::default();
        let session = Session::new(Settings::default(), Levels::default(), &world);
        let files = [
            ("a", "debug = true\n"),
            ("b", "[worker.oci\n"),
            ("bklint.toml", "wrong = 1\n"),
            ("c", "root = \"a\" # bklint: allow(x)\n"),
            ("d", ""),
        ];
        let source = |(name, text): (&str, &str)| Source::new(name, text.into());
        let alone = files.map(|file| session.check(source(file)));
        let together = session.check_all(files.map(source).into());
        assert!(alone[..4].iter().all(|report| !report.findings.is_empty()));
        assert_eq!(format!("{alone:?}"), format!("{together:?}"));
    }

    #[test]
    fn findings_come_in_order() {
        let report = check("a = \"x\n[b\nc = [1\n", Levels::default());
        let unclosed = report.findings.iter().filter(|finding| finding.rule == "syntax::unclosed");
        let starts: Vec<_> = unclosed.map(|finding| finding.span.start).collect();
        assert_eq!(starts, [4, 9, 14]);
        assert_eq!(check("debug = true\n", Levels::default()).loads, Verdict::Yes);
    }
}
