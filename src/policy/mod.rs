//! An organisation's rules: what keys of the effective configuration must be.
//!
//! A [`Requirement`] selects keys by a pattern and holds conditions against them. The built-in
//! policies and the rules of a `bklint.toml` are both made of these.

pub mod condition;
pub mod normal;
pub mod pattern;
pub mod quiet;
pub mod read;
pub mod select;

use std::borrow::Cow;

use self::condition::{Answer, Condition, Operand, Test};
use self::pattern::{Index, Pattern, Target};
use self::select::{Place, Selector, Subject};
use crate::config::document::Value;
use crate::effective::gc;
use crate::hash::HashMap;
use crate::model::{Bytes, Data};
use crate::report::{Finding, Impact, Label, Level, Unchecked};
use crate::source::Span;

/// Where a policy says something.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Origin {
    /// The file.
    pub file: String,
    /// The place in it.
    pub span: Span,
}

impl Origin {
    /// The label by which a finding names the policy that it breaks.
    #[must_use]
    pub fn label(&self) -> Label {
        Label { file: Some(self.file.clone()), span: Some(self.span), text: "required here".into() }
    }
}

/// What must be.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The rule it is reported under.
    pub id: Cow<'static, str>,
    /// Which keys.
    pub key: Pattern,
    /// Nothing is found, and nothing left open, in a file that says nothing of what it reads.
    pub quiet: bool,
    /// The keys that it reads, as bits of [`Config::said`](crate::model::Config::said).
    pub reads: u64,
    /// Only where this holds.
    pub when: When,
    /// What must hold, by keys relative to the selected one.
    pub must: Vec<(Pattern, Condition)>,
    /// What is wrong, in the organisation's words.
    pub message: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// How loudly.
    pub level: Level,
    /// Nothing may weaken it.
    pub bound: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// When a requirement counts.
#[derive(Clone, Debug)]
pub enum When {
    /// If all of these hold; always if there are none.
    All(Vec<Self>),
    /// If one of these holds.
    Any(Vec<Self>),
    /// If this key is so.
    Key(Pattern, Condition),
}

impl Default for When {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// The parameters of a built-in policy for a file: keys with values, and where they stand.
#[derive(Clone, Debug)]
pub struct Params {
    /// The table's name below `policy`.
    pub name: String,
    /// By key.
    pub values: Vec<Param>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its key.
    pub name: String,
    /// What it says.
    pub value: Value,
    /// The size that it says, if it is one: it is read once, and not for each file.
    size: Option<Bytes>,
    /// Where.
    pub origin: Origin,
}

impl Param {
    /// That says this there.
    #[must_use]
    pub fn new(name: &str, value: &Value, origin: &Origin) -> Self {
        let size = Operand::read(value).ok().and_then(|operand| operand.size());
        Self { name: name.to_owned(), value: value.clone(), size, origin: origin.clone() }
    }
}

impl Params {
    fn find(&self, name: &str) -> Option<&Param> {
        self.values.iter().find(|param| param.name == name)
    }

    /// A value and its place.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&Value, &Origin)> {
        self.find(name).map(|param| (&param.value, &param.origin))
    }

    /// Strings of an array.
    #[must_use]
    pub fn texts(&self, name: &str) -> Option<(Vec<String>, &Origin)> {
        let (value, origin) = self.get(name)?;
        let texts = value.array()?.iter().filter_map(|item| item.text().map(str::to_owned));
        Some((texts.collect(), origin))
    }

    /// An integer and its place.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<(i64, &Origin)> {
        let (value, origin) = self.get(name)?;
        match value.data {
            crate::config::document::Data::Integer(number) => Some((number, origin)),
            _ => None,
        }
    }

    /// Where a switch is set to a value.
    #[must_use]
    pub fn switch(&self, name: &str, wanted: bool) -> Option<&Origin> {
        let (value, origin) = self.get(name)?;
        matches!(value.data, crate::config::document::Data::Bool(set) if set == wanted)
            .then_some(origin)
    }

    /// A size and its place.
    #[must_use]
    pub fn size(&self, name: &str) -> Option<(Bytes, &Origin)> {
        let param = self.find(name)?;
        Some((param.size?, &param.origin))
    }

    /// What a value is compared with.
    #[must_use]
    pub fn operand(&self, name: &str) -> Option<(Operand, &Origin)> {
        let (value, origin) = self.get(name)?;
        Some((Operand::read(value).ok()?, origin))
    }
}

impl Requirement {
    /// Whether it is an organisation's rule, and not a built-in policy.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.id, Cow::Owned(_))
    }

    /// On the keys of a pattern, which a test holds to be well formed.
    #[must_use]
    pub fn on(key: &str, origin: &Origin) -> Self {
        Self {
            id: Cow::Borrowed(""),
            key: Pattern::parse(key).unwrap_or_default(),
            quiet: false,
            reads: u64::MAX,
            when: When::default(),
            must: Vec::new(),
            message: None,
            help: None,
            url: None,
            level: Level::Deny,
            bound: false,
            origin: origin.clone(),
        }
    }

    /// A key relative to them must pass a test.
    #[must_use]
    pub fn must(mut self, key: &str, test: Test) -> Self {
        self.must.push((Pattern::parse(key).unwrap_or_default(), Condition(vec![test])));
        self
    }

    /// Only where a key relative to them passes a test.
    #[must_use]
    pub fn when(mut self, key: &str, test: Test) -> Self {
        let pattern = Pattern::parse(key).unwrap_or_default();
        self.when = When::Key(pattern, Condition(vec![test]));
        self
    }

    /// What is wrong where it is broken.
    #[must_use]
    pub fn message(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }

    /// Brings what values are compared with into the form of the values.
    ///
    /// # Errors
    /// Why it can never hold.
    pub fn settle(&mut self) -> Result<(), String> {
        let target = self.key.target(Target::root())?;
        for (pattern, condition) in &mut self.must {
            condition.settle(&pattern.target(target)?)?;
        }
        self.when.settle(target)
    }

    /// What is broken in the file that `selector` looks at.
    fn judge<'a>(
        &'a self,
        selector: &Selector<'a>,
        broken: &mut Vec<Broken<'a>>,
        unchecked: &mut Vec<Unchecked>,
    ) {
        let mut undecided = |place: &Place<'_>| {
            let reason = "what it is compared with is of another sort";
            unchecked.push(Unchecked::policy(&self.id, &place.path, reason));
        };
        if self.key.at_any().is_none() {
            let mut fails = |subject: &Subject<'_, 'a>, test: Option<&'a Test>| match test {
                Some(test) => broken.push(Broken { by: self, place: subject.place(), test }),
                None => undecided(&subject.place()),
            };
            selector.follow(&selector.root(), &self.key, &mut |subject| {
                self.hold(selector, subject, &mut fails);
            });
            return;
        }
        selector.lists(&selector.root(), &self.key, &mut |list| {
            let mut best: Option<Answer> = None;
            list.elements(Index::Any, &mut |element| {
                let mut held: Option<Answer> = None;
                selector.behind(element, &self.key, &mut |subject| {
                    if let Some(answer) = self.hold(selector, subject, &mut |_, _| {}) {
                        held = Some(held.map_or(answer, |held| held.and(answer)));
                    }
                });
                if let Some(answer) = held {
                    best = Some(best.map_or(answer, |best| best.or(answer)));
                }
            });
            match best {
                None | Some(Answer::Yes) => {}
                Some(Answer::Unknown) => undecided(&list.any().place()),
                Some(Answer::No) => {
                    for (pattern, condition) in &self.must {
                        let mut place = list.any().place();
                        place.path.push_str(&pattern.to_string());
                        broken.extend(condition.0.iter().map(|test| Broken {
                            by: self,
                            place: place.clone(),
                            test,
                        }));
                    }
                }
            }
        });
    }

    /// Holds what the key leads to against the conditions; none if the rule does not count there.
    /// Shows `fails` each place with the test that it fails, or none if that cannot be told.
    fn hold<'a>(
        &'a self,
        selector: &Selector<'a>,
        subject: &Subject<'_, 'a>,
        fails: &mut dyn FnMut(&Subject<'_, 'a>, Option<&'a Test>),
    ) -> Option<Answer> {
        match self.when.holds(selector, subject) {
            Answer::Yes => {}
            Answer::No => return None,
            Answer::Unknown => {
                fails(subject, None);
                return Some(Answer::Unknown);
            }
        }
        let mut all = Answer::Yes;
        for (pattern, condition) in &self.must {
            test(selector, subject, pattern, condition, &mut |place, test, answer| {
                all = all.and(answer);
                fails(place, (answer == Answer::No).then_some(test));
            });
        }
        Some(all)
    }
}

/// A test that failed, and where.
struct Broken<'a> {
    by: &'a Requirement,
    place: Place<'a>,
    test: &'a Test,
}

/// Holds the file that `selector` looks at against all requirements. Under the usual settings it is
/// enough to know which of them are quiet, where the file says nothing of what they read. Shows
/// `found` the findings of one rule after the other.
pub fn judge<'a>(
    requirements: &'a [Requirement],
    selector: &Selector<'a>,
    usual: bool,
    unchecked: &mut Vec<Unchecked>,
    mut found: impl FnMut(Vec<Finding>),
) {
    let is_quiet = |one: &&Requirement| usual && one.quiet;
    let read = requirements.iter().filter(is_quiet).fold(0, |all, one| all | one.reads);
    let said = selector.effective.config.said(read);
    let speaks = |one: &&Requirement| !is_quiet(one) || one.reads & said != 0;
    let mut broken: Vec<Broken<'_>> = Vec::new();
    for requirement in requirements.iter().filter(speaks) {
        if broken.first().is_some_and(|other| other.by.id != requirement.id) {
            found(findings(&broken));
            broken.clear();
        }
        requirement.judge(selector, &mut broken, unchecked);
    }
    found(findings(&broken));
}

/// What is wrong with one key is one fault, and so are several keys that a table lacks.
fn findings(broken: &[Broken<'_>]) -> Vec<Finding> {
    if let [one] = broken {
        return finding(&[one]).into_iter().collect();
    }
    let mut groups: Vec<Vec<&Broken<'_>>> = Vec::new();
    let mut known = HashMap::default();
    for one in broken {
        let (by, place) = (one.by, &one.place);
        let apart = !place.is_missing
            || !place.part.is_empty()
            || place.built_in.is_some() && place.data != Data::Unset;
        let path = apart.then_some(&*place.path);
        let at = *known.entry((&*by.id, &by.origin, place.span, path)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.iter().filter_map(|group| finding(group)).collect()
}

/// A finding for tests that failed together.
fn finding(group: &[&Broken<'_>]) -> Option<Finding> {
    let Broken { by, place, .. } = group.first()?;
    let wanted = wanted(group);
    let message = by.message.clone().unwrap_or_else(|| wanted.clone());
    let mut finding = Finding::new(by.id.clone(), by.level, Impact::Policy, place.span, message);
    finding.bound = by.bound;
    finding.key(place.path.clone()).label(label(group));
    if by.message.is_some() {
        finding.note(wanted);
    }
    if let Some(flag) = place.chosen_by {
        finding.note(format!("builds run on this worker by the flag {flag}"));
    }
    if let Some(help) = &by.help {
        finding.help(help.clone());
    }
    if let Some(url) = &by.url {
        finding.note(format!("see {url}"));
    }
    finding.labels.push(by.origin.label());
    Some(finding)
}

/// What must be: "`a` and `b` must be set".
fn wanted(group: &[&Broken<'_>]) -> String {
    if let [Broken { place, test, .. }] = group {
        return format!("`{}{}` must {test}", place.path, place.part);
    }
    let mut parts: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for one in group {
        let path = format!("`{}{}`", one.place.path, one.place.part);
        let test = one.test.to_string();
        match parts.last_mut() {
            Some((paths, tests)) if *paths == [path.as_str()] => tests.push(test),
            Some((paths, tests)) if *tests == [test.as_str()] => paths.push(path),
            _ => parts.push((vec![path], vec![test])),
        }
    }
    let parts = parts.iter().map(|(paths, tests)| format!("{} must {}", list(paths), list(tests)));
    parts.collect::<Vec<_>>().join(", and ")
}

/// `a, b and c`
fn list(items: &[String]) -> String {
    match items {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => items.concat(),
    }
}

/// What is there instead.
fn label(group: &[&Broken<'_>]) -> String {
    let Some(Broken { place, .. }) = group.first() else { return String::new() };
    let by = place.flag.map(|flag| format!(", by {flag}")).unwrap_or_default();
    match (&place.data, &place.built_in) {
        (Data::Unset, Some(words)) => words.to_string(),
        (data, Some(words)) => format!("{words}: {}", shown(data)),
        (Data::Unset, None) if place.is_partless => "has no such part".to_owned(),
        (Data::Unset, None) if place.is_missing => "not set here".to_owned(),
        (Data::Unset, None) => String::new(),
        (data, None) if !place.is_missing => format!("is {}{by}", shown(data)),
        _ => {
            let mut defaults: Vec<_> = group
                .iter()
                .map(|one| match &one.place.data {
                    Data::Unset => (&*one.place.path, "not set".to_owned()),
                    data => (&*one.place.path, format!("not set, so it is {}", shown(data))),
                })
                .collect();
            defaults.dedup();
            match defaults.as_slice() {
                [(_, words)] => words.clone(),
                all => {
                    let name = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
                    let all =
                        all.iter().map(|(path, words)| format!("`{}` is {words}", name(path)));
                    all.collect::<Vec<_>>().join("; ")
                }
            }
        }
    }
}

/// A value in a label.
fn shown(data: &Data<'_>) -> String {
    match data {
        Data::Int(i64::MAX) => "unlimited".into(),
        Data::Bool(value) => format!("`{value}`"),
        Data::Int(value) => format!("`{value}`"),
        Data::Text(text) => format!("`{text}`"),
        Data::List(items) if items.is_empty() => "empty".into(),
        Data::List(items) => format!("`{}`", items.join("`, `")),
        Data::Size(size) => gc::size(*size),
        Data::Duration(nanos) => gc::duration(*nanos),
        Data::Words(words) => words.to_string(),
        Data::Labels(_) | Data::Unset => "another".into(),
    }
}

/// Is shown a place, the test that it fails, and whether that is known.
type Fails<'f, 'a> = &'f mut dyn FnMut(&Subject<'_, 'a>, &'a Test, Answer);

/// Shows the places below a subject where a condition does not hold, or cannot be told to.
fn test<'a>(
    selector: &Selector<'a>,
    subject: &Subject<'_, 'a>,
    pattern: &'a Pattern,
    condition: &'a Condition,
    fails: Fails<'_, 'a>,
) {
    if pattern.at_any().is_none() {
        selector.follow(subject, pattern, &mut |one| condition.test(one, fails));
        return;
    }
    selector.lists(subject, pattern, &mut |list| {
        let mut best = Answer::No;
        list.elements(Index::Any, &mut |element| {
            let mut all = Answer::Yes;
            selector.behind(element, pattern, &mut |one| {
                condition.test(one, &mut |_, _, answer| all = all.and(answer));
            });
            best = best.or(all);
        });
        if let (Answer::No | Answer::Unknown, Some(test)) = (best, condition.0.first()) {
            fails(&list.any(), test, best);
        }
    });
}

impl Condition {
    /// Shows the tests that a value does not pass, or cannot be told to; of a list its elements.
    fn test<'a>(&'a self, one: &Subject<'_, 'a>, fails: Fails<'_, 'a>) {
        for test in &self.0 {
            let mut hold = |place: &Subject<'_, 'a>| match test.holds(&place.data, place.written) {
                Answer::Yes => {}
                answer => fails(place, test, answer),
            };
            match (test, &one.data) {
                (Test::Set(_) | Test::Unique, _) => hold(one),
                (test, _) if test.is_of_lists() => hold(one),
                (_, Data::List(_)) => one.elements(Index::Each, &mut hold),
                _ => hold(one),
            }
        }
    }
}

impl When {
    fn holds<'a>(&'a self, selector: &Selector<'a>, subject: &Subject<'_, 'a>) -> Answer {
        let fold = |all: &'a [Self], ends: Answer, rest: Answer| {
            let mut answer = rest;
            for one in all {
                match one.holds(selector, subject) {
                    found if found == ends => return ends,
                    Answer::Unknown => answer = Answer::Unknown,
                    _ => {}
                }
            }
            answer
        };
        match self {
            Self::All(all) => fold(all, Answer::No, Answer::Yes),
            Self::Any(all) => fold(all, Answer::Yes, Answer::No),
            Self::Key(pattern, condition) => {
                let mut all = Answer::Yes;
                test(selector, subject, pattern, condition, &mut |_, _, answer| {
                    all = all.and(answer);
                });
                all
            }
        }
    }

    fn settle(&mut self, target: Target) -> Result<(), String> {
        match self {
            Self::All(all) | Self::Any(all) => {
                all.iter_mut().try_for_each(|one| one.settle(target))
            }
            Self::Key(pattern, condition) => condition.settle(&pattern.target(target)?),
        }
    }
}
