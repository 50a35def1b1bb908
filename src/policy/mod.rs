//! An organisation's rules: what keys of the effective configuration must be.
//!
//! A [`Requirement`] selects keys by a pattern and holds conditions against them. The built-in
//! policies and the rules of a `bklint.toml` are both made of these.

pub mod condition;
pub mod pattern;
pub mod read;
pub mod select;

use std::borrow::Cow;

use self::condition::{Answer, Condition, Operand, Test};
use self::pattern::{Index, Pattern};
use self::select::{Selector, Subject};
use crate::config::document::Value;
use crate::model::Data;
use crate::report::{Finding, Impact, Label, Level, Unchecked};
use crate::source::Span;

/// Where a policy says something.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    pub values: Vec<(String, Value, Origin)>,
}

impl Params {
    /// A value and its place.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&Value, &Origin)> {
        let found = self.values.iter().find(|(key, ..)| key == name);
        found.map(|(_, value, origin)| (value, origin))
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

    /// What a value is compared with.
    #[must_use]
    pub fn operand(&self, name: &str) -> Option<(Operand, &Origin)> {
        let (value, origin) = self.get(name)?;
        match Condition::read(value).ok()?.0.pop()? {
            Test::Is(operand) => Some((operand, origin)),
            _ => None,
        }
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

    /// Holds the file that `selector` looks at against it.
    pub fn judge(
        &self,
        selector: &Selector<'_>,
        findings: &mut Vec<Finding>,
        unchecked: &mut Vec<Unchecked>,
    ) {
        let subjects = selector.select(&self.key);
        let any = self.key.steps.iter().any(|step| step.index == Some(Index::Any));
        let mut failed = Vec::new();
        for subject in subjects.iter() {
            match self.when.holds(selector, subject) {
                Answer::Yes => {}
                Answer::No => continue,
                Answer::Unknown => {
                    self.undecided(&subject.path, unchecked);
                    continue;
                }
            }
            let before = failed.len();
            for (pattern, condition) in &self.must {
                for (place, test, answer) in fails(selector, subject, pattern, condition) {
                    match answer {
                        Answer::Unknown => self.undecided(&place.path, unchecked),
                        _ => failed.push(self.finding(&place, test)),
                    }
                }
            }
            if any && failed.len() == before {
                return;
            }
        }
        findings.extend(failed);
    }

    fn undecided(&self, path: &str, unchecked: &mut Vec<Unchecked>) {
        let reason = "what it is compared with is of another sort";
        unchecked.push(Unchecked::policy(&self.id, path, reason));
    }

    fn finding(&self, place: &Subject<'_>, test: &Test) -> Finding {
        let wanted = format!("`{}` must {test}", place.path);
        let message = self.message.clone().unwrap_or_else(|| wanted.clone());
        let mut finding =
            Finding::new(self.id.clone(), self.level, Impact::Policy, place.span, message);
        finding.bound = self.bound;
        finding.key(&place.path).label(match &place.data {
            _ if place.is_missing() && place.data == Data::Unset => "not set here".to_owned(),
            data if place.is_missing() => format!("not set, so it is {}", shown(data)),
            Data::Unset => String::new(),
            data => format!("is {}", shown(data)),
        });
        if self.message.is_some() {
            finding.note(wanted);
        }
        if let Some(help) = &self.help {
            finding.help(help);
        }
        if let Some(url) = &self.url {
            finding.note(format!("see {url}"));
        }
        finding.labels.push(self.origin.label());
        finding
    }
}

/// A value in a label.
fn shown(data: &Data) -> String {
    match data {
        Data::Int(i64::MAX) => "unlimited".into(),
        Data::Bool(value) => format!("`{value}`"),
        Data::Int(value) => format!("`{value}`"),
        Data::Text(text) => format!("`{text}`"),
        Data::List(items) if items.is_empty() => "empty".into(),
        Data::List(items) => format!("`{}`", items.join("`, `")),
        Data::Words(words) => words.clone(),
        _ => "another".into(),
    }
}

/// The places below a subject where a condition does not hold, or cannot be told to.
fn fails<'a, 'c>(
    selector: &Selector<'a>,
    subject: &Subject<'a>,
    pattern: &Pattern,
    condition: &'c Condition,
) -> Vec<(Subject<'a>, &'c Test, Answer)> {
    let found = selector.follow(subject, pattern);
    let any = pattern.steps.iter().any(|step| step.index == Some(Index::Any));
    let mut failed = Vec::new();
    for one in &found {
        let before = failed.len();
        for test in &condition.0 {
            let places = match test {
                Test::Is(Operand::Text(_)) => one.spread(),
                Test::Is(_) | Test::Set(_) | Test::Unique => vec![one.clone()],
                _ => one.spread(),
            };
            for place in places {
                match test.holds(&place.data, place.written) {
                    Answer::Yes => {}
                    answer => failed.push((place, test, answer)),
                }
            }
        }
        if any && failed.len() == before {
            return Vec::new();
        }
    }
    if any && let Some(test) = condition.0.first() {
        // That none fits is one fault, at the first.
        let place = found.first().map_or_else(|| subject.clone(), Subject::of_any);
        let unknown = failed.iter().any(|(.., answer)| *answer == Answer::Unknown);
        return vec![(place, test, if unknown { Answer::Unknown } else { Answer::No })];
    }
    failed
}

impl When {
    fn holds<'a>(&self, selector: &Selector<'a>, subject: &Subject<'a>) -> Answer {
        let fold = |all: &[Self], ends: Answer, rest: Answer| {
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
                let failed = fails(selector, subject, pattern, condition);
                match failed.iter().any(|(_, _, answer)| *answer == Answer::No) {
                    true => Answer::No,
                    false if failed.is_empty() => Answer::Yes,
                    false => Answer::Unknown,
                }
            }
        }
    }
}
