//! Lets programs that embed the library hand findings to `miette`'s report handlers. Fixes do
//! not pass through: `miette` has no word for edits.

use std::borrow::Borrow;
use std::fmt;

use ::miette::{
    LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents,
};

use super::{clamp, escape, rule_url};
use crate::report::{Finding, Level};
use crate::source::{Source, Span};

/// A finding and the text it is about. Either may be borrowed, owned or shared
/// (`Diagnostic::new(&finding, &source)`, `Diagnostic::new(finding, Arc::new(source))`); what
/// becomes a [`miette::Report`] must be owned.
pub struct Diagnostic<F, S> {
    finding: F,
    source: Text<S>,
}

impl<F: Borrow<Finding>, S: Borrow<Source>> Diagnostic<F, S> {
    /// Takes a finding and its file.
    pub fn new(finding: F, source: S) -> Self {
        Self { finding, source: Text(source) }
    }
}

impl<F: Borrow<Finding>, S> fmt::Debug for Diagnostic<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.finding.borrow().fmt(f)
    }
}

impl<F: Borrow<Finding>, S> fmt::Display for Diagnostic<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.finding.borrow().message))
    }
}

impl<F: Borrow<Finding>, S> std::error::Error for Diagnostic<F, S> {}

impl<F, S> ::miette::Diagnostic for Diagnostic<F, S>
where
    F: Borrow<Finding>,
    S: Borrow<Source> + Send + Sync,
{
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.finding.borrow().rule))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.finding.borrow().level {
            Level::Deny => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Note | Level::Allow => Severity::Advice,
        })
    }

    /// Notes and help, since `miette` knows no notes.
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let finding = self.finding.borrow();
        let help = finding.help.as_ref().or(finding.fixes.first().map(|fix| &fix.title));
        let lines: Vec<_> =
            finding.notes.iter().chain(help).flat_map(|text| text.lines()).collect();
        let text = lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then(|| Box::new(text) as _)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(rule_url(&self.finding.borrow().rule)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let finding = self.finding.borrow();
        let source = self.source.0.borrow();
        let name = source.name();
        let at = move |span| SourceSpan::from(clamp(source, span).range());
        let words = |text: &str| (!text.is_empty()).then(|| escape(text).into_owned());
        let primary = LabeledSpan::new_primary_with_span(words(&finding.label), at(finding.span));
        let own =
            finding.labels.iter().filter(move |l| l.file.as_deref().is_none_or(|f| f == name));
        let others = own.filter_map(move |label| {
            Some(LabeledSpan::new_with_span(words(&label.text), at(label.span?)))
        });
        Some(Box::new(std::iter::once(primary).chain(others)))
    }
}

/// Hands out lines by the source's own index; `miette`'s `SourceCode` for strings counts from
/// the start of the text each time.
struct Text<S>(S);

impl<S: Borrow<Source> + Send + Sync> SourceCode for Text<S> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.0.borrow();
        let offset = |at: usize| u32::try_from(at).map_err(|_| MietteError::OutOfBounds);
        let span =
            Span::new(offset(span.offset())?, offset(span.offset().saturating_add(span.len()))?);
        if span.end as usize > source.text().len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = source.line_index(span.start).saturating_sub(before);
        let last = source.line_index(span.end).saturating_add(after);
        let lines = source.line_span(first).to(source.line_span(last));
        // With no context `miette` wants the span itself, not its lines.
        let start = if before == 0 { span.start } else { lines.start };
        let end = if after == 0 { span.end } else { lines.end };
        let data = source.text().as_bytes().get(start as usize..end as usize).unwrap_or_default();
        let at = source.position(start);
        Ok(Box::new(MietteSpanContents::new_named(
            escape(source.name()).into_owned(),
            data,
            SourceSpan::from(start as usize..end as usize),
            at.line - 1,
            at.column - 1,
            last - first + 1,
        )))
    }
}
