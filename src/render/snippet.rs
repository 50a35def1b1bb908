//! Lines of a file with marks under them, drawn by `annotate-snippets`.
//!
//! It reads the whole text it is given again for every snippet, so it gets only the lines around
//! the marks. Lines that will be folded away are handed over empty, to keep the numbers right.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{clamp, cut, is_plain, push_visible};
use crate::source::{Source, Span};

/// More lines than this between two marks, or within one, are not bridged.
const MAX_LINES: usize = 100;

/// `annotate-snippets` shows up to this many lines around the end of a mark that covers several.
const CONTEXT: usize = 5;

/// A place with words.
pub(super) struct Mark<'a> {
    span: Span,
    /// The indices of its first and last line.
    lines: (usize, usize),
    text: &'a str,
    primary: bool,
}

impl<'a> Mark<'a> {
    pub(super) fn new(source: &Source, span: Span, text: &'a str, primary: bool) -> Self {
        let mut span = clamp(source, span);
        let covered = source.slice(span);
        // A mark that ends behind a line end would reach into the next line.
        let covered =
            covered.strip_suffix('\n').map_or(covered, |c| c.strip_suffix('\r').unwrap_or(c));
        span.end = span.start + u32::try_from(covered.len()).unwrap_or_default();
        let first = source.line_index(span.start);
        let mut last = source.line_index(span.end);
        if last - first > MAX_LINES {
            span.end = source.line_span(first).end.max(span.start);
            last = first;
        }
        Self { span, lines: (first, last), text, primary }
    }
}

/// Marks in one file that are drawn together.
pub(super) struct Cluster<'a> {
    pub(super) source: &'a Source,
    marks: Vec<Mark<'a>>,
    first: usize,
    last: usize,
    width: usize,
}

impl<'a> Cluster<'a> {
    pub(super) fn new(source: &'a Source, mark: Mark<'a>, width: usize) -> Self {
        let (first, last) = mark.lines;
        Self { source, marks: vec![mark], first, last, width }
    }

    /// Takes a mark in, or gives it back if it is too far away.
    pub(super) fn add(&mut self, source: &Source, mark: Mark<'a>) -> Option<Mark<'a>> {
        let line = mark.lines.0;
        let first = self.first.min(line);
        let last = self.last.max(mark.lines.1);
        let long = source.line_span(line).range().len() > 4 * self.width;
        let out_of_sight = |other: &Mark<'_>| {
            long && other.lines.0 == line
                && other.span.start.abs_diff(mark.span.start) as usize > self.width
        };
        if !std::ptr::eq(source, self.source)
            || last - first > MAX_LINES
            || self.marks.iter().any(out_of_sight)
        {
            return Some(mark);
        }
        (self.first, self.last) = (first, last);
        self.marks.push(mark);
        None
    }

    /// The number of the last line, from 1.
    pub(super) fn last_number(&self) -> usize {
        self.last + 1
    }

    /// Where the first mark begins.
    pub(super) fn start(&self) -> u32 {
        self.marks.first().map_or(0, |mark| mark.span.start)
    }

    /// Draws it; each line is a line of the text, the first one an empty `|`.
    pub(super) fn draw(&self, level: Level<'_>, color: bool) -> String {
        let mut canvas = Canvas::default();
        for line in self.first..=self.last {
            if line != self.first {
                canvas.text.push('\n');
            }
            self.draw_line(line, &mut canvas);
        }
        if canvas.text.is_empty() || canvas.text.ends_with('\n') {
            // Without a character there is no last line to point at.
            canvas.text.push(' ');
        }
        let annotations = self.marks.iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let words = (!mark.text.is_empty()).then(|| cut(mark.text, 0, self.width));
            let span = canvas.locate(mark.span.start)..canvas.locate(mark.span.end);
            kind.span(span).label(words)
        });
        let annotations: Vec<_> = annotations.collect();
        let snippet = Snippet::source(canvas.text.as_str()).line_start(self.first + 1);
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let group = Group::with_level(level).element(snippet.annotations(annotations));
        renderer.term_width(self.width).render(&[group])
    }

    /// Draws a line that can be seen, cut around its marks if it is very long.
    fn draw_line(&self, index: usize, canvas: &mut Canvas) {
        let line = self.source.line_span(index);
        let (mut near, mut focus) = (false, None);
        for mark in &self.marks {
            let (first, last) = mark.lines;
            for (at, marked) in [(mark.span.start, first), (mark.span.end, last)] {
                near |= marked.abs_diff(index) <= CONTEXT;
                if marked == index {
                    focus = Some(focus.map_or(at, |first: u32| first.min(at)));
                }
            }
        }
        if near {
            let reach = u32::try_from(self.width).unwrap_or(u32::MAX);
            let focus = focus.unwrap_or(line.start).min(line.end);
            let mut shown = line;
            if line.range().len() > 4 * self.width {
                shown.start = line.start.max(focus.saturating_sub(reach));
                shown.end = line.end.min(focus.saturating_add(reach.saturating_mul(3)));
            }
            let shown = clamp(self.source, shown);
            let hide_mark = self.start() > 0;
            canvas.draw(self.source.slice(shown), shown, line, hide_mark);
        }
    }
}

/// Text as it will be drawn, and which original offset stands where in it.
#[derive(Default)]
struct Canvas {
    text: String,
    /// Ascending in both.
    places: Vec<(u32, usize)>,
}

impl Canvas {
    fn draw(&mut self, text: &str, shown: Span, line: Span, hide_mark: bool) {
        if shown.start > line.start {
            self.text.push('…');
        }
        if is_plain(text) {
            self.places.extend((shown.start..shown.end).zip(self.text.len()..));
            self.text.push_str(text);
        } else {
            let mut at = shown.start;
            for c in text.chars() {
                self.places.push((at, self.text.len()));
                match c {
                    '\t' => self.text.push_str("    "),
                    // A byte-order mark is nobody's fault unless something points at it.
                    '\u{feff}' if at == 0 && hide_mark => {}
                    c => push_visible(&mut self.text, c),
                }
                at += u32::try_from(c.len_utf8()).unwrap_or_default();
            }
        }
        self.places.push((shown.end, self.text.len()));
        if shown.end < line.end {
            self.text.push('…');
        }
    }

    /// Where an offset stands; what is cut away stands at the cut.
    fn locate(&self, offset: u32) -> usize {
        let behind = self.places.partition_point(|&(at, _)| at <= offset);
        let place = self.places.get(behind.saturating_sub(1));
        place.map_or(self.text.len(), |&(_, at)| at)
    }
}
