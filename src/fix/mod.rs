//! Carries fixes out, again and again until nothing is left that can be mended.
//!
//! A rule says how far its fix may be trusted, and the result is held to it: a file that loads
//! still loads, no error comes that was not there, and where only safe fixes are asked for, the
//! configuration stays what it was. A fix that breaks this is not carried out.

pub mod promise;

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::edit::{apply_all, compatible};
use crate::hash::HashSet;
use crate::report::{Applicability, FileReport, Fix, Impact, Level};
use crate::session::{Judged, Session};
use crate::source::Source;

/// More rounds than any real file needs; what mends a thing here and breaks it there ends here.
const ROUNDS: usize = 100;

/// How often a file is judged at most while fixes that break something are sought out.
const TRIES: usize = 1_000;

/// The findings of a file that is fixed; each takes a kilobyte and more, several times over. A file
/// with more of them stays as it is.
pub const MOST: usize = 100_000;

/// A file after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// What it holds now.
    pub bytes: Vec<u8>,
    /// What is left in it; [`FileReport::fixed`] counts the fixes.
    pub report: FileReport,
    /// In how many rounds it came so far; the first mends what nothing else stands in front of.
    pub rounds: usize,
    /// There are more findings than [`MOST`], so nothing was done.
    pub too_many: bool,
}

/// Fixes a file as far as fixes of grade `least` or better go. A file that is not UTF-8, or has too
/// many findings, stays as it is.
#[must_use]
pub fn fix(session: &Session<'_>, name: &str, bytes: Vec<u8>, least: Applicability) -> Fixed {
    let source = Source::new(name, bytes.clone());
    let as_it_is = |bytes, source, too_many| Fixed {
        bytes,
        report: session.check(source),
        rounds: 0,
        too_many,
    };
    if !source.invalid().is_empty() {
        return as_it_is(bytes, source, false);
    }
    let first = State { judged: session.judge(MOST, &source), source };
    if !first.judged.is_whole() {
        return as_it_is(bytes, first.source, true);
    }
    let work = Work::new(session, least, true);
    let (mut last, mut fixed, mut rounds) = work.converge(&first);
    if last.as_ref().is_some_and(|last| !is_no_worse(&first.judged, &last.judged)) {
        // What was to be mended later could not be.
        let work = Work::new(session, least, false);
        (last, fixed, rounds) = work.converge(&first);
    }
    let mut state = last.unwrap_or(first);
    let bytes = state.source.text().as_bytes().to_vec();
    // What could be carried out has been; what is left broke something and is for people.
    let fixes = state.judged.findings.iter_mut().flat_map(|finding| &mut finding.fixes);
    for fix in fixes.filter(|fix| fix.applicability >= least) {
        fix.applicability = Applicability::Display;
    }
    let mut report = state.judged.report(state.source);
    report.fixed = fixed;
    Fixed { bytes, report, rounds, too_many: false }
}

struct State {
    source: Source,
    judged: Judged,
}

struct Work<'s, 'w> {
    session: &'s Session<'w>,
    least: Applicability,
    tries: usize,
    /// Whether a fix may bring an error to light that the next round mends: a table without effect
    /// hides what is wrong inside.
    ahead: bool,
    /// Hashes of the texts that were there: to come back to one is no progress.
    seen: HashSet<u64>,
}

impl<'s, 'w> Work<'s, 'w> {
    fn new(session: &'s Session<'w>, least: Applicability, ahead: bool) -> Self {
        Self { session, least, tries: TRIES, ahead, seen: HashSet::default() }
    }

    /// Rounds until nothing is left to do: what the file becomes, unless it stays as it is, by how
    /// many fixes and rounds.
    fn converge(mut self, first: &State) -> (Option<State>, usize, usize) {
        let (mut last, mut fixed, mut rounds) = (None, 0, 0);
        while rounds < ROUNDS {
            let state = last.as_ref().unwrap_or(first);
            self.seen.insert(hash(state.source.text()));
            let Some((next, count)) = self.round(state) else { break };
            last = Some(next);
            fixed += count;
            rounds += 1;
        }
        (last, fixed, rounds)
    }

    /// One round: what the file becomes, and by how many fixes; none if there is nothing to do.
    fn round(&mut self, state: &State) -> Option<(State, usize)> {
        let shown = state.judged.findings.iter().filter(|finding| finding.level > Level::Allow);
        let fixes = compatible(shown.filter_map(|finding| finding.best_fix(self.least)));
        let mut taken = Vec::new();
        let next = self.take(state, &fixes, &mut taken)?;
        Some((next, taken.len()))
    }

    /// Adds to `taken` what can be carried out along with it, and returns the result. A batch that
    /// breaks something is halved until the fixes at fault stand alone.
    fn take<'f>(
        &mut self,
        state: &State,
        fixes: &[&'f Fix],
        taken: &mut Vec<&'f Fix>,
    ) -> Option<State> {
        if fixes.is_empty() || self.tries == 0 {
            return None;
        }
        self.tries -= 1;
        let all = taken.iter().chain(fixes).copied();
        let text = apply_all(state.source.text(), all);
        if let Some(next) = self.judge(state, text) {
            taken.extend(fixes);
            return Some(next);
        }
        let (one, other) = fixes.split_at(fixes.len() / 2);
        if one.is_empty() {
            return None;
        }
        let first = self.take(state, one, taken);
        self.take(state, other, taken).or(first)
    }

    /// The new text judged; none if it is no better than the old one.
    fn judge(&mut self, old: &State, text: String) -> Option<State> {
        if self.seen.contains(&hash(&text)) {
            return None;
        }
        let target = self.session.settings().buildkit;
        let kept =
            self.least < Applicability::Safe || promise::keeps(old.source.text(), &text, target);
        if !kept {
            return None;
        }
        let source = Source::new(old.source.name(), text.into());
        let judged = self.session.judge(MOST, &source);
        let next = State { source, judged };
        let good = is_no_worse(&old.judged, &next.judged) || self.ahead && self.mends(old, &next);
        good.then_some(next)
    }

    /// Whether the fixes for the errors of `next` make it no worse than `old`.
    fn mends(&mut self, old: &State, next: &State) -> bool {
        let errors = next.judged.findings.iter().filter(|finding| finding.level == Level::Deny);
        let fixes = compatible(errors.filter_map(|finding| finding.best_fix(self.least)));
        if fixes.is_empty() || self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let text = apply_all(next.source.text(), fixes.iter().copied());
        let source = Source::new(next.source.name(), text.into());
        is_no_worse(&old.judged, &self.session.judge(MOST, &source))
    }
}

/// Whether a text may take another's place. While a file is refused, its faults may come to light
/// one after the other, as long as those that refuse it become fewer; those that are let go cannot
/// be compared.
fn is_no_worse(old: &Judged, new: &Judged) -> bool {
    if !new.is_whole() {
        return false;
    }
    let refusals = |judged: &Judged| {
        judged.findings.iter().filter(|finding| finding.impact == Impact::Load).count()
    };
    match refusals(new).cmp(&refusals(old)) {
        Ordering::Less => true,
        Ordering::Equal => new.denied.iter().all(|(rule, now)| old.denied.get(rule) >= Some(now)),
        Ordering::Greater => false,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
