//! What a fixed text is held to.

use std::collections::BTreeMap;

use bklint::edit::apply;
use bklint::fix::{Fixed, fix, promise};
use bklint::report::{Applicability, FileReport, Level, Verdict};
use bklint::session::Session;
use bklint::source::Source;
use bklint::tree::Tree;

/// All that can be asked of a fixed text, whatever it was before; what went wrong, if anything.
#[must_use]
pub fn faults(session: &Session<'_>, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let check = |text: &str| session.check(Source::new("x.toml", text.to_owned().into()));
    let before = check(text);
    let target = session.settings().buildkit;

    // Each safe fix keeps its promise on its own.
    for finding in &before.findings {
        for one in finding.fixes.iter().filter(|fix| fix.applicability == Applicability::Safe) {
            let after = apply(text, one);
            if !promise::keeps(text, &after, target) {
                wrong.push(format!("{}: the fix is not safe: {after:?}", finding.rule));
            }
        }
    }

    // Few rounds are enough, but where one fix stands in the way of the next.
    let most = before.findings.len().max(30);
    for least in [Applicability::Safe, Applicability::Unsafe] {
        let run = |text: &str| fix(session, "x.toml", text.to_owned().into(), least);
        let Fixed { bytes, report, rounds, .. } = run(text);
        let fixed = String::from_utf8(bytes).unwrap();
        if run(&fixed).bytes != fixed.as_bytes() || rounds > most {
            wrong.push(format!("{least:?}: no fixed point after {rounds} rounds: {fixed:?}"));
        }
        if before.loads == Verdict::Yes {
            if report.loads != Verdict::Yes {
                wrong.push(format!("{least:?}: no longer loads: {fixed:?}"));
            }
            let new = added(&before, &report);
            if !new.is_empty() {
                wrong.push(format!("{least:?}: new errors {new:?}: {fixed:?}"));
            }
            // By the model that is held against the real loader.
            if least == Applicability::Safe && model(text) != model(&fixed) {
                wrong.push(format!("the model is not the same: {fixed:?}"));
            }
        }
        let source = Source::new("x.toml", text.to_owned().into());
        for comment in Tree::parse(&source).comments {
            let comment = source.slice(comment).trim_end();
            // Comments for bklint itself are what some fixes take away, and a carriage return is
            // perhaps the end of a line.
            let ours = comment.trim_start_matches('#').trim_start().starts_with("bklint");
            let free = ours || comment.contains('\r');
            if !free && !fixed.contains(comment) {
                wrong.push(format!("{least:?}: {comment:?} is gone: {fixed:?}"));
            }
        }
    }
    wrong
}

fn model(text: &str) -> serde_json::Value {
    let source = Source::new("x.toml", text.to_owned().into());
    crate::support::answer(&source, &Tree::parse(&source))["config"].take()
}

/// Rules that find more errors than before.
fn added(before: &FileReport, after: &FileReport) -> Vec<String> {
    let errors = |report: &FileReport| {
        let mut count = BTreeMap::<_, usize>::new();
        let deny = report.findings.iter().filter(|f| f.level == Level::Deny);
        deny.for_each(|finding| *count.entry(finding.rule.to_string()).or_default() += 1);
        count
    };
    let old = errors(before);
    let more = |(rule, count): &(String, usize)| old.get(rule).is_none_or(|old| old < count);
    errors(after).into_iter().filter(more).map(|(rule, _)| rule).collect()
}
