//! What the fuzz targets hold every input to.

use bklint::levels::{Levels, Wish};
use bklint::report::{FileReport, Impact, Level, Verdict};
use bklint::source::{Source, Span};

#[path = "../../tests/support/fixes.rs"]
pub mod fixes;
#[path = "../../tests/support/mod.rs"]
mod support;

/// A day in the years of the certificates that the seeds hold, in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;

/// Every rule speaks.
pub fn all_rules() -> Levels {
    let mut levels = Levels::default();
    levels.push(Wish::Set(Level::Warn), "pedantic").expect("the group exists");
    levels
}

/// A span lies in the text and cuts no character.
pub fn holds(source: &Source, span: Span) {
    assert!(span.start <= span.end, "{span:?} ends before it begins");
    let text = source.text();
    for at in [span.start, span.end] {
        assert!(text.is_char_boundary(at as usize), "{span:?} is not in the text");
    }
}

/// What holds for every report of a file that was not fixed.
pub fn hold(file: &FileReport) {
    for finding in &file.findings {
        holds(&file.source, finding.span);
        for label in finding.labels.iter().filter(|label| label.file.is_none()) {
            label.span.into_iter().for_each(|span| holds(&file.source, span));
        }
        for fix in &finding.fixes {
            let mut last = 0;
            for edit in &fix.edits {
                holds(&file.source, edit.span);
                assert!(last <= edit.span.start, "edits overlap: {:?}", fix.edits);
                last = edit.span.end;
            }
        }
    }
    assert!(file.findings.is_sorted_by_key(|finding| finding.span.start), "out of order");
    let refused = file.findings.iter().any(|finding| finding.impact == Impact::Load);
    if !file.own && file.loads.as_bool().is_some() {
        assert_eq!(refused, file.loads == Verdict::No, "findings and verdict disagree");
    }
}

/// Text for a terminal has no control character but the end of a line, and reorders nothing.
pub fn visible(text: &str) {
    let hidden = |c: char| c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}');
    assert!(!text.contains(hidden), "a control character gets out: {text:?}");
}
