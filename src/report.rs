//! What bklint says about files: verdicts, findings, notices. Plain data; renderers print it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::order::Order;
use crate::release::Releases;
use crate::settings::{Deploy, Settings};
use crate::source::{Source, Span};

/// How loudly a finding speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Allow,
    /// Good to know.
    Note,
    /// A likely mistake or a risk.
    Warn,
    /// Surely wrong; makes the exit code 1.
    Deny,
}

/// When the fault bites.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// buildkitd refuses the file, or crashes on it.
    Load,
    /// The file loads and the daemon ends by itself at start.
    Start,
    /// Pulls, pushes or build steps fail.
    Build,
    /// No effect, or another one than written.
    Ignored,
    /// A door is open.
    Exposure,
    /// Disk, memory, lost cache, parallelism.
    Resource,
    /// Deprecated or not portable.
    Upkeep,
    /// Against the organisation's own rules.
    Policy,
}

/// How far an edit may be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Shown, never applied: it holds a blank to fill in.
    Display,
    /// Changes what buildkitd does.
    Unsafe,
    /// The decoded configuration stays the same, or a refused file loads.
    Safe,
}

/// Words of a report: our own as they stand in the program, or some with what was found in them.
pub type Words = Cow<'static, str>;

/// Replaces the bytes of a span; an empty span inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A titled list of edits that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Imperative, lower case: "quote the host".
    pub title: Words,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// Sorted by place, without overlaps.
    pub edits: Vec<Edit>,
}

/// A place with a few words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The file, if it is another one than the finding's.
    pub file: Option<String>,
    /// Where; a label in another file may lack it.
    pub span: Option<Span>,
    /// What is there; may be empty.
    pub text: Words,
}

/// What silences a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// A comment in the file.
    Inline,
    /// An entry of a `bklint.toml`.
    Config,
    /// An entry of a baseline.
    Baseline,
}

/// Why a finding is silent though its rule is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    /// Who says so.
    pub kind: SuppressedBy,
    /// Where: a file, with the line if it has one.
    pub place: String,
    /// The reason given.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<String>,
}

/// The findings that a run lists; the rest is counted. Code scanning services take as many at once.
pub const MOST: usize = 25_000;

/// The longest text of a finding, in bytes. A name may be as long as the file, and each finding
/// below it would repeat it.
const LONGEST: usize = 1024;

/// The places, or the remarks, of a finding that are kept.
const PLACES: usize = 100;

/// One fault.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: Words,
    /// Decided by `levels`, not by the rule.
    pub level: Level,
    /// Nothing may silence it.
    pub bound: bool,
    /// What silences it, and how loudly it would speak otherwise; its level is then `Allow`.
    pub suppressed: Option<(Arc<Suppression>, Level)>,
    /// When it bites.
    pub impact: Impact,
    /// The title: fault, then expectation.
    pub message: Words,
    /// Path of the key, if there is one.
    pub key: Option<String>,
    /// The primary place.
    pub span: Span,
    /// Words at the primary place; may be empty.
    pub label: Words,
    /// Further places.
    pub labels: Vec<Label>,
    /// What buildkitd will do and what the user will see.
    pub notes: Vec<Words>,
    /// What to do.
    pub help: Option<Words>,
    /// Facts for programs.
    pub data: BTreeMap<&'static str, serde_json::Value>,
    /// Ways to mend it, the best first.
    pub fixes: Vec<Fix>,
}

/// A rule describes what it found by chaining these; each hands the finding on.
impl Finding {
    /// How loudly it is to be shown, if at all; `all` shows what is silenced as well.
    #[must_use]
    pub fn shown(&self, all: bool) -> Option<Level> {
        match &self.suppressed {
            _ if self.level != Level::Allow => Some(self.level),
            Some((_, level)) if all => Some(*level),
            _ => None,
        }
    }

    /// A finding with its title alone.
    #[must_use]
    pub fn new(
        rule: impl Into<Words>,
        level: Level,
        impact: Impact,
        span: Span,
        message: impl Into<Words>,
    ) -> Self {
        Self {
            rule: rule.into(),
            level,
            bound: false,
            suppressed: None,
            impact,
            message: message.into(),
            key: None,
            span,
            label: Words::Borrowed(""),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            data: BTreeMap::new(),
            fixes: Vec::new(),
        }
    }

    /// Says what is at the primary place.
    pub fn label(&mut self, text: impl Into<Words>) -> &mut Self {
        set(&mut self.label, text.into());
        self
    }

    /// Marks a further place.
    pub fn also(&mut self, span: Span, text: impl Into<Words>) -> &mut Self {
        push(&mut self.labels, Label { file: None, span: Some(span), text: text.into() });
        self
    }

    /// Names another file and says what is there.
    pub fn also_in(&mut self, file: impl Into<String>, text: impl Into<Words>) -> &mut Self {
        push(&mut self.labels, Label { file: Some(file.into()), span: None, text: text.into() });
        self
    }

    /// Adds what buildkitd will do, or what the user will see.
    pub fn note(&mut self, text: impl Into<Words>) -> &mut Self {
        push(&mut self.notes, text.into());
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<Words>) -> &mut Self {
        set(&mut self.help, Some(text.into()));
        self
    }

    /// Names the key at fault.
    pub fn key(&mut self, path: impl Into<String>) -> &mut Self {
        set(&mut self.key, Some(path.into()));
        self
    }

    /// Narrows the rule's impact for this finding.
    pub fn impact(&mut self, impact: Impact) -> &mut Self {
        self.impact = impact;
        self
    }

    /// Another default level than the rule's; the user's settings still decide.
    pub fn level(&mut self, level: Level) -> &mut Self {
        self.level = level;
        self
    }

    /// Adds a fact for programs.
    pub fn fact(&mut self, name: &'static str, value: impl Into<serde_json::Value>) -> &mut Self {
        self.data.insert(name, value.into());
        self
    }

    /// Says which releases of the target are concerned, if not all are.
    pub fn only(&mut self, releases: Option<Releases>) -> &mut Self {
        let Some(releases) = releases else { return self };
        self.fact("releases", releases.to_string());
        self.note(format!("this concerns {} alone", releases.words()))
    }

    /// Offers a way to mend it; the best comes first.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        push(&mut self.fixes, fix);
        self
    }

    /// All its words, and the facts for programs that are text.
    pub(crate) fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        let labels = self.labels.iter_mut().map(|label| &mut label.text);
        let titles = self.fixes.iter_mut().map(|fix| &mut fix.title);
        let words = [&mut self.message, &mut self.label].into_iter().chain(&mut self.notes);
        for text in words.chain(&mut self.help).chain(labels).chain(titles) {
            // What is our own holds no secret, and has an end.
            if let Words::Owned(text) = text {
                each(text);
            }
        }
        self.key.iter_mut().for_each(&mut *each);
        self.data.values_mut().for_each(|value| texts_of(value, each));
    }

    /// Cuts what would be endless: the findings of a file must not take many times its size.
    pub(crate) fn clip(&mut self) {
        if let Some(more) = self.labels.len().checked_sub(PLACES).filter(|more| *more > 0) {
            self.labels.truncate(PLACES);
            self.notes.push(format!("and at {more} more places").into());
        }
        self.notes.truncate(PLACES);
        self.texts(&mut cut);
    }

    /// Leaves fixes of endless edits to `--fix`, as words of what it does.
    pub(crate) fn shorten_fixes(&mut self) {
        self.fixes.iter_mut().filter(|fix| fix.edits.len() > MOST).for_each(|fix| {
            fix.edits = Vec::new();
        });
    }

    /// The fix that is carried out if those of grade `least` or better are: the best one. One that
    /// is only shown never is.
    #[must_use]
    pub fn best_fix(&self, least: Applicability) -> Option<&Fix> {
        let least = least.max(Applicability::Unsafe);
        self.fixes.iter().find(|fix| fix.applicability >= least && !fix.edits.is_empty())
    }
}

/// Not compiled anew where each of the rules says something: all of them together say it some
/// thousand times.
#[inline(never)]
fn set<T>(place: &mut T, value: T) {
    *place = value;
}

/// Adds to what has one element as a rule: by itself, a list makes room for four, and there may be
/// millions of findings.
#[inline(never)]
fn push<T>(list: &mut Vec<T>, element: T) {
    list.reserve_exact(usize::from(list.is_empty()));
    list.push(element);
}

fn cut(text: &mut String) {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
}

fn texts_of(value: &mut serde_json::Value, each: &mut dyn FnMut(&mut String)) {
    match value {
        serde_json::Value::String(text) => each(text),
        serde_json::Value::Array(items) => {
            items.truncate(PLACES);
            for item in items {
                texts_of(item, each);
            }
        }
        _ => {}
    }
}

/// An answer that may be unknown, with the reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Cannot be known from what was looked at; why.
    Unknown(Words),
}

impl Verdict {
    /// As JSON has it: true, false or null.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Unknown(_) => None,
        }
    }
}

/// Something that was not looked at, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unchecked {
    /// What: a path or the name of a check.
    pub what: Words,
    /// Why not.
    pub reason: Words,
    /// When a fault there would bite; of a start, it keeps the verdict open.
    #[serde(skip)]
    pub impact: Option<Impact>,
}

impl Unchecked {
    /// What a policy cannot decide of a key, and why.
    #[must_use]
    pub fn policy(rule: &str, key: &str, reason: impl Into<Words>) -> Self {
        Self {
            what: format!("{rule} on `{key}`").into(),
            reason: reason.into(),
            impact: Some(Impact::Policy),
        }
    }

    /// Sorts them; what was said twice is said once.
    pub fn tidy(all: &mut Vec<Self>) {
        all.order_by(|a, b| (&a.what, &a.reason).cmp(&(&b.what, &b.reason)));
        all.dedup_by(|b, a| {
            let same = (&a.what, &a.reason) == (&b.what, &b.reason);
            if same {
                a.impact = a.impact.or(b.impact);
            }
            same
        });
    }
}

/// Whether the paths in a file are this machine's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Locality {
    /// They are.
    Here,
    /// They belong to another machine or a container.
    Elsewhere,
}

/// What was found out about one file.
#[derive(Debug)]
pub struct FileReport {
    /// The file itself.
    pub source: Source,
    /// It is bklint's own configuration, and no buildkitd reads it.
    pub own: bool,
    /// Would the real loader take it?
    pub loads: Verdict,
    /// Would the daemon come up with it?
    pub starts: Verdict,
    /// Would `docker buildx create` take it?
    pub creates: Verdict,
    /// Not looked at.
    pub unchecked: Vec<Unchecked>,
    /// Whose machine its paths belong to.
    pub locality: Locality,
    /// The deployment it was judged for, where its path tells and the user does not.
    pub guess: Option<Deploy>,
    /// What it was judged for, where a `bklint.toml` says something else than the run.
    pub deployment: Option<Arc<Settings>>,
    /// Sorted by place.
    pub findings: Vec<Finding>,
    /// Further findings, which are too many to list.
    pub omitted: Counts,
    /// How many fixes were carried out before.
    pub fixed: usize,
}

/// How many findings of each level.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Counts {
    /// At deny.
    pub deny: usize,
    /// At warn.
    pub warn: usize,
    /// At note.
    pub note: usize,
    /// That are silenced.
    pub suppressed: usize,
    /// That `--fix` mends.
    #[serde(skip)]
    pub safe: usize,
    /// That `--fix --unsafe-fixes` mends.
    #[serde(skip)]
    pub unsafe_: usize,
}

impl Counts {
    /// One more.
    pub fn add(&mut self, finding: &Finding) {
        match finding.level {
            Level::Deny => self.deny += 1,
            Level::Warn => self.warn += 1,
            Level::Note => self.note += 1,
            Level::Allow => {
                self.suppressed += usize::from(finding.suppressed.is_some());
                return;
            }
        }
        if finding.best_fix(Applicability::Safe).is_some() {
            self.safe += 1;
        } else if finding.best_fix(Applicability::Unsafe).is_some() {
            self.unsafe_ += 1;
        }
    }

    /// All that would be reported.
    #[must_use]
    pub const fn reported(&self) -> usize {
        self.deny + self.warn + self.note
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.deny += other.deny;
        self.warn += other.warn;
        self.note += other.note;
        self.suppressed += other.suppressed;
        self.safe += other.safe;
        self.unsafe_ += other.unsafe_;
    }
}

impl FileReport {
    /// All its findings, listed or not.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = self.omitted;
        self.findings.iter().for_each(|finding| counts.add(finding));
        counts
    }
}

/// Which findings are kept if they are too many: the loudest, and of those the first.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    /// By level.
    left: [usize; 4],
}

impl Quota {
    /// Room for `most` of these.
    pub(crate) fn of<'f>(findings: impl Iterator<Item = &'f Finding>, most: usize) -> Self {
        let mut left = [0; 4];
        findings.for_each(|finding| left[finding.level as usize] += 1);
        let mut room = most;
        for count in left.iter_mut().rev() {
            *count = room.min(*count);
            room -= *count;
        }
        Self { left }
    }

    /// Takes the others out and counts them. What refuses the file or stops the daemon is never
    /// wholly gone: the verdict would stand there without a reason.
    pub(crate) fn keep(&mut self, findings: &mut Vec<Finding>, omitted: &mut Counts) {
        let mut reasons = vec![Impact::Load, Impact::Start];
        findings.retain(|finding| {
            let left = &mut self.left[finding.level as usize];
            let first = reasons.iter().position(|impact| *impact == finding.impact);
            if *left == 0 && first.is_none() {
                omitted.add(finding);
                return false;
            }
            first.map(|at| reasons.remove(at));
            *left = left.saturating_sub(1);
            true
        });
    }
}

/// How many findings of each level a run has, listed or not.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Summary {
    /// At deny.
    pub deny: usize,
    /// At warn.
    pub warn: usize,
    /// At note.
    pub note: usize,
    /// Files looked at.
    pub files: usize,
    /// Of the findings, those that are not listed.
    #[serde(skip_serializing_if = "is_none")]
    pub omitted: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references over")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A whole run.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order they were named.
    pub files: Vec<FileReport>,
    /// Remarks about the run, for stderr.
    pub notices: Vec<String>,
    /// What could not be done; makes the exit code 2.
    pub errors: Vec<String>,
    /// Fixes were only tried; the files are what they were.
    pub dry: bool,
    /// Further files that labels point into.
    pub others: Vec<Arc<Source>>,
    /// Show what is silenced, too, where it would pass for an open finding.
    pub show_suppressed: bool,
    /// Findings were held against a baseline.
    pub baseline: bool,
    /// The BuildKit releases the files were judged for, like `0.32` or `0.13..0.32`.
    pub buildkit: String,
}

impl Suppression {
    /// Who silences the finding, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let by = match self.kind {
            SuppressedBy::Inline => format!("the comment at {}", self.place),
            SuppressedBy::Config | SuppressedBy::Baseline => self.place.clone(),
        };
        let until = self.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("silenced by {by}{until}{reason}")
    }
}

impl Report {
    /// Counts the findings.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut all = Counts::default();
        let mut omitted = 0;
        for file in &self.files {
            all += file.counts();
            omitted += file.omitted.reported();
        }
        let Counts { deny, warn, note, .. } = all;
        Summary { deny, warn, note, files: self.files.len(), omitted }
    }

    /// Leaves the [`MOST`] findings that a run lists, the loudest first; the others are counted.
    pub fn limit(&mut self) {
        let all = self.files.iter().flat_map(|file| &file.findings);
        if all.clone().count() > MOST {
            let mut quota = Quota::of(all, MOST);
            for file in &mut self.files {
                quota.keep(&mut file.findings, &mut file.omitted);
            }
        }
    }
}
