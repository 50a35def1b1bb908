//! Gathers what rules find in a file: decides how loudly each finding speaks, and lets go of those
//! that are too many to list, so that the memory for them is bounded. What is let go is counted
//! first, and has had its say about the verdicts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::effective::start::Stops;
use crate::hash::HashMap;
use crate::levels::{Decision, Levels};
use crate::order::Order;
use crate::report::{Counts, Finding, Level, Quota};
use crate::rules::Relieve;
use crate::suppress::Comments;

/// By place, then by name.
pub(crate) fn by_place(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    (a.span.start, &a.rule, a.span.end).cmp(&(b.span.start, &b.rule, b.span.end))
}

/// What was found so far, the findings themselves aside.
pub(crate) struct Gather<'a> {
    levels: &'a Levels,
    comments: &'a Comments,
    most: usize,
    /// How many of the findings, from the first on, have been decided over.
    decided: usize,
    /// By rule, level and silence: a configuration may have thousands of entries.
    decisions: HashMap<(Cow<'static, str>, Level, bool), Decision>,
    /// The rules that found an error, by their own word and not by the user's levels, and how
    /// often.
    pub(crate) denied: BTreeMap<Cow<'static, str>, usize>,
    /// What stops the daemon.
    pub(crate) stops: Stops,
    /// What was let go.
    pub(crate) omitted: Counts,
}

/// Lets findings go if there are a good deal too many.
impl Relieve for Gather<'_> {
    fn relieve(&mut self, findings: &mut Vec<Finding>) {
        if findings.len() > self.most.saturating_add(self.most / 2) {
            self.tidy(findings);
        }
    }
}

impl<'a> Gather<'a> {
    /// Of a file with these comments; `most` findings are kept.
    pub(crate) fn new(levels: &'a Levels, comments: &'a Comments, most: usize) -> Self {
        Self {
            levels,
            comments,
            most,
            decided: 0,
            decisions: HashMap::default(),
            denied: BTreeMap::new(),
            stops: Stops::default(),
            omitted: Counts::default(),
        }
    }

    /// Decides over all, sorts them, says once what was said twice, and leaves as many as are kept.
    pub(crate) fn tidy(&mut self, findings: &mut Vec<Finding>) {
        for finding in findings.iter_mut().skip(self.decided) {
            self.stops.add(finding);
            if finding.level == Level::Deny {
                *self.denied.entry(finding.rule.clone()).or_default() += 1;
            }
            self.decide(finding);
            finding.clip();
        }
        findings.order_by(by_place);
        findings.dedup_by(|b, a| (a.span, &a.rule, &a.message) == (b.span, &b.rule, &b.message));
        if findings.len() > self.most {
            Quota::of(findings.iter(), self.most).keep(findings, &mut self.omitted);
        }
        self.decided = findings.len();
    }

    /// Sets a finding's level.
    fn decide(&mut self, finding: &mut Finding) {
        let before = finding.level;
        let mut decision = self.decision(finding, before, false);
        if before > Level::Allow {
            finding.suppressed = decision.cause.take().map(|cause| (cause, before));
        }
        let (rule, at) = (&finding.rule, finding.span.start);
        let comment = self.comments.silence(rule, at, decision.bound);
        if comment.is_some() {
            let otherwise = decision.level;
            decision = self.decision(finding, before, true);
            if decision.level == Level::Allow && otherwise > Level::Allow {
                finding.suppressed = comment.map(|comment| (comment, otherwise));
            }
        }
        finding.level = decision.level;
        finding.bound = decision.bound;
    }

    fn decision(&mut self, finding: &Finding, before: Level, inline: bool) -> Decision {
        let levels = self.levels;
        let key = (finding.rule.clone(), before, inline);
        let decide = || levels.decide(&finding.rule, before, inline);
        let decision = self.decisions.entry(key).or_insert_with(decide).clone();
        // What a policy demands that nothing can weaken, no level can.
        if finding.bound {
            Decision { level: decision.level.max(before), bound: true, cause: None }
        } else {
            decision
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Impact;
    use crate::source::Span;

    #[test]
    fn the_loudest_are_kept_and_the_others_counted() {
        let (levels, comments) = (Levels::default(), Comments::default());
        let mut gather = Gather::new(&levels, &comments, 4);
        let mut findings = Vec::new();
        for at in 0..20 {
            let (level, impact) = match at {
                11 => (Level::Note, Impact::Load),
                12 => (Level::Deny, Impact::Build),
                _ if at % 2 == 0 => (Level::Warn, Impact::Ignored),
                _ => (Level::Note, Impact::Upkeep),
            };
            findings.push(Finding::new("gc::disabled", level, impact, Span::at(at), "x"));
            gather.relieve(&mut findings);
            assert!(findings.len() <= 6);
        }
        gather.tidy(&mut findings);
        let kept: Vec<_> = findings.iter().map(|finding| finding.span.start).collect();
        // One more than four: what refuses the file stays.
        assert_eq!(kept, [0, 2, 4, 11, 12]);
        let Counts { deny, warn, note, .. } = gather.omitted;
        assert_eq!((deny, warn, note), (0, 6, 9));
        assert_eq!(gather.denied.into_values().collect::<Vec<_>>(), [1]);
    }
}
