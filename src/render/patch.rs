//! What a fix changes, as lines that go and lines that come.
//!
//! Drawn here and not by `annotate-snippets`, whose layout depends on the edit and whose account
//! of a moved line lacks the line that goes.

use super::clamp;
use crate::order::Order;
use crate::report::Edit;
use crate::source::{Source, Span};

/// Bytes of a line that are looked at on both sides of a change: more than a terminal shows.
const REACH: u32 = 4096;

/// Neighbouring lines that change.
pub(super) struct Hunk<'a> {
    /// Number of the first line in the old text, from 1.
    pub(super) old_number: usize,
    /// Number of the first line in the new text, from 1.
    pub(super) new_number: usize,
    /// Lines that go.
    pub(super) old: Vec<&'a str>,
    /// Lines that come.
    pub(super) new: Vec<String>,
    /// If one line gains some text and loses none: where in the new line.
    pub(super) gained: Vec<std::ops::Range<usize>>,
}

impl Hunk<'_> {
    /// The highest line number it draws.
    pub(super) fn last_number(&self) -> usize {
        (self.old_number + self.old.len()).max(self.new_number + self.new.len()).saturating_sub(1)
    }
}

/// The changes of a fix in the order of the file; edits that overlap an earlier one are dropped.
pub(super) fn hunks<'a>(source: &'a Source, edits: &[Edit]) -> Vec<Hunk<'a>> {
    let mut edits: Vec<_> =
        edits.iter().map(|edit| (clamp(source, edit.span), edit.text.as_str())).collect();
    edits.order_by_key(|(span, _)| *span);
    let mut end = 0;
    edits.retain(|(span, _)| {
        let apart = span.start >= end;
        end = end.max(span.end);
        apart
    });
    let mut grown = 0;
    let line = |at| source.line_index(at);
    edits
        .chunk_by(|(one, _), (next, _)| line(next.start) <= line(one.end) + 1)
        .filter_map(|edits| hunk(source, edits, &mut grown))
        .collect()
}

/// `grown` is by how many lines the text above has become longer.
fn hunk<'a>(source: &'a Source, edits: &[(Span, &str)], grown: &mut isize) -> Option<Hunk<'a>> {
    let (first, last) = edits.first().zip(edits.last())?;
    let (from, to) = (source.line_index(first.0.start), source.line_index(last.0.end));
    let mut lines = source.line_span(from).to(source.line_span(to));
    let mark = '\u{feff}'.len_utf8();
    if from == 0 && source.text().starts_with('\u{feff}') && first.0.start as usize >= mark {
        // A byte-order mark that stays is no part of the change.
        lines.start += u32::try_from(mark).unwrap_or_default();
    }

    // A line may be as long as the file, and each finding on it has its patch.
    lines.start = lines.start.max(first.0.start.saturating_sub(REACH));
    lines.end = lines.end.min(last.0.end.saturating_add(REACH));
    lines = clamp(source, lines);

    let mut text = String::new();
    let mut gained = Vec::new();
    let mut at = lines.start;
    for &(span, new) in edits {
        text.push_str(source.slice(Span::new(at, span.start)));
        gained.push(text.len()..text.len() + new.len());
        text.push_str(new);
        at = span.end;
    }
    text.push_str(source.slice(Span::new(at, lines.end.max(at))));

    // An edit may point at the `\n` of `\r\n`; then the text of the line has a `\r` at its end.
    let bare = |line: &'a str| line.strip_suffix('\r').unwrap_or(line);
    let mut old: Vec<_> = source.slice(lines).split('\n').map(bare).collect();
    let mut new: Vec<_> = text.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).collect();
    if old.len() != 1 || new.len() != 1 || edits.iter().any(|(span, _)| span.start < span.end) {
        gained.clear();
    }

    if lines.end as usize == source.text().len() {
        // What follows the last line end is no line.
        old.pop_if(|line| line.is_empty());
        new.pop_if(|line| line.is_empty());
    }

    // Lines that are the same at either end did not change, unless an edit took them away: when
    // one moves below another, both are to be seen.
    let untouched = |index: &usize| {
        let line = source.line_span(from + index);
        edits.iter().all(|(span, _)| {
            span.start >= span.end || span.start >= line.end || span.end <= line.start
        })
    };
    let same = |index: &usize| old.get(*index) == new.get(*index) && untouched(index);
    let most = old.len().min(new.len());
    let head = (0..most).take_while(same).count();
    let same = |back: &usize| {
        old.iter().rev().nth(*back) == new.iter().rev().nth(*back)
            && untouched(&(old.len() - 1 - back))
    };
    let tail = (0..most - head).take_while(same).count();

    let start = from + head + 1;
    let new_number = start.saturating_add_signed(*grown);
    *grown += new.len().cast_signed() - old.len().cast_signed();
    let hunk = Hunk {
        old_number: start,
        new_number,
        old: old.get(head..old.len() - tail)?.to_vec(),
        new: new.get(head..new.len() - tail)?.iter().map(|&line| line.to_owned()).collect(),
        gained,
    };
    (!hunk.old.is_empty() || !hunk.new.is_empty()).then_some(hunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(text: &str, edits: &[(u32, u32, &str)]) -> String {
        let source = Source::new("x", text.into());
        let edits: Vec<_> = edits
            .iter()
            .map(|&(start, end, text)| Edit { span: Span::new(start, end), text: text.into() })
            .collect();
        let lines = hunks(&source, &edits).into_iter().flat_map(|hunk| {
            let old = hunk.old.iter().zip(hunk.old_number..).map(|(l, n)| format!("{n}-{l}\n"));
            let new = hunk.new.iter().zip(hunk.new_number..).map(|(l, n)| format!("{n}+{l}\n"));
            old.chain(new).collect::<Vec<_>>()
        });
        lines.collect()
    }

    #[test]
    fn only_lines_that_change_are_drawn() {
        assert_eq!(draw("a\nb\nc\n", &[(2, 3, "x")]), "2-b\n2+x\n");
        assert_eq!(draw("a\nb\nc\n", &[(2, 4, "")]), "2-b\n");
        assert_eq!(draw("a\nb\nc\n", &[(2, 2, "x\n")]), "2+x\n");
        assert_eq!(draw("a\nb\nc\n", &[(3, 3, "\nx")]), "3+x\n");
        assert_eq!(draw("a\r\nb\r\n", &[(6, 6, "x\r\n")]), "3+x\n");
        assert_eq!(draw("a\n\nb\n", &[(2, 3, "")]), "2-\n");
        assert_eq!(draw("", &[(0, 0, "x\n")]), "1+x\n");
        assert_eq!(draw("a", &[(1, 1, "\nx\n")]), "2+x\n");
        assert_eq!(draw("\u{feff}a\n", &[(3, 4, "x")]), "1-a\n1+x\n");
    }

    #[test]
    fn a_moved_line_goes_and_comes() {
        assert_eq!(draw("a\nb\n", &[(2, 3, ""), (3, 3, "\n[t]\nb")]), "2-b\n2+\n3+[t]\n4+b\n");
        assert_eq!(draw("a\nb\n", &[(2, 2, "\n[t]\n"), (2, 3, "b")]), "2-b\n2+\n3+[t]\n4+b\n");
    }

    #[test]
    fn later_hunks_count_in_the_new_text() {
        assert_eq!(draw("a\nb\nc\nd\n", &[(0, 0, "x\ny\n"), (6, 7, "z")]), "1+x\n2+y\n4-d\n6+z\n");
    }

    #[test]
    fn overlapping_edits_are_dropped() {
        assert_eq!(draw("abc\n", &[(0, 2, "x"), (1, 3, "y")]), "1-abc\n1+xc\n");
    }
}
