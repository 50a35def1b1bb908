//! Builds fixes and applies them.

mod layout;

use std::collections::BTreeSet;

pub use layout::Layout;

use crate::order::Order;
use crate::report::{Applicability, Edit, Fix, Words};
use crate::source::{Source, Span};

/// A fix is built in place: `Fix::safe("quote the host").replace(span, text)`.
impl Fix {
    /// The decoded configuration stays the same, or a refused file loads.
    #[must_use]
    pub fn safe(title: impl Into<Words>) -> Self {
        Self::new(title, Applicability::Safe)
    }

    /// Changes what buildkitd does.
    #[must_use]
    pub fn unsafe_(title: impl Into<Words>) -> Self {
        Self::new(title, Applicability::Unsafe)
    }

    /// Shown and never applied.
    #[must_use]
    pub fn display(title: impl Into<Words>) -> Self {
        Self::new(title, Applicability::Display)
    }

    fn new(title: impl Into<Words>, applicability: Applicability) -> Self {
        Self { title: title.into(), applicability, edits: Vec::new() }
    }

    /// Writes `text` in place of a span.
    #[must_use]
    pub fn replace(self, span: Span, text: impl Into<String>) -> Self {
        self.put(Edit { span, text: text.into() })
    }

    fn put(mut self, edit: Edit) -> Self {
        let span = edit.span;
        let at = self.edits.partition_point(|edit| edit.span <= span);
        self.edits.reserve_exact(usize::from(self.edits.is_empty()));
        self.edits.insert(at, edit);
        self
    }

    /// Writes `text` at an offset.
    #[must_use]
    pub fn insert(self, at: u32, text: impl Into<String>) -> Self {
        self.replace(Span::at(at), text)
    }

    /// Takes a span away.
    #[must_use]
    pub fn remove(self, span: Span) -> Self {
        self.replace(span, "")
    }

    /// Takes away the lines a span touches, line ends included.
    #[must_use]
    pub fn remove_line(self, source: &Source, span: Span) -> Self {
        let start = source.line_span(source.line_index(span.start)).start;
        // A span may end with its line end; what follows is then the next line's.
        let last = span.end.saturating_sub(1).max(span.start);
        self.remove(Span::new(start, source.next_line(last)))
    }
}

/// Carries one fix out.
#[must_use]
pub fn apply(text: &str, fix: &Fix) -> String {
    apply_all(text, [fix])
}

/// Those fixes that do not get in each other's way; of two that do, the first.
#[must_use]
pub fn compatible<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> Vec<&'a Fix> {
    // Apart from each other, so they are ordered by their ends as by their starts.
    let mut taken = BTreeSet::<Span>::new();
    let mut chosen = Vec::new();
    for fix in fixes {
        let free = |edit: &Edit| {
            let before = taken.range(..edit.span).next_back();
            let after = taken.range(edit.span..).next();
            before.into_iter().chain(after).all(|other| !meet(*other, edit.span))
        };
        if fix.edits.iter().all(free) {
            taken.extend(fix.edits.iter().map(|edit| edit.span));
            chosen.push(fix);
        }
    }
    chosen
}

/// Carries out the fixes that are [`compatible`]. What was left out can be found again in the
/// result.
#[must_use]
pub fn apply_all<'a>(text: &str, fixes: impl IntoIterator<Item = &'a Fix>) -> String {
    let mut edits: Vec<_> = compatible(fixes).into_iter().flat_map(|fix| &fix.edits).collect();
    edits.order_by_key(|edit| edit.span);

    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        // Spans of another text, or edits of one fix that overlap.
        let Some(before) = text.get(done..range.start) else { continue };
        out.push_str(before);
        out.push_str(&edit.text);
        done = range.end.max(done);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Whether two edits touch the same bytes or the same gap between them.
fn meet(a: Span, b: Span) -> bool {
    a == b || (a.start < b.end && b.start < a.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order() {
        let fix =
            Fix::safe("x").insert(4, "!").remove(Span::new(0, 1)).replace(Span::new(2, 3), "X");
        assert_eq!(apply("abcd", &fix), "bXd!");
    }

    #[test]
    fn of_two_in_each_others_way_the_first_wins() {
        let one = Fix::safe("x").replace(Span::new(0, 2), "1");
        let two = Fix::safe("x").replace(Span::new(1, 3), "2");
        let three = Fix::safe("x").insert(3, "3");
        assert_eq!(apply_all("abc", [&one, &two, &three]), "1c3");
    }
}
