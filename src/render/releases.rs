//! What releases make of a file, for people and for programs.

use std::io::{self, Write};

use annotate_snippets::renderer as theme;
use serde::{Serialize, Serializer};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::human::{MIN_WIDTH, wrap};
use super::{Style, escape, visible, write_json};
use crate::release::Releases;
use crate::releases::{Block, Comparison, Remark, RemarkKind, by_line};
use crate::report::Verdict;
use crate::source::Source;

/// Prints which releases load the file, and below it line by line what becomes of it.
///
/// # Errors
/// When the writer fails.
pub fn human(comparison: &Comparison, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Comparison { source, blocks } = comparison;
    let stories = by_line(comparison);
    let mut verdicts: Vec<(Releases, &Verdict)> = Vec::new();
    for Block { releases, loads, .. } in blocks {
        match verdicts.last_mut() {
            Some((before, verdict)) if *verdict == loads => before.to = releases.to,
            _ => verdicts.push((*releases, loads)),
        }
    }
    let told = stories.iter().flat_map(|story| &story.remarks).map(|(releases, _)| releases);
    let all = verdicts.iter().map(|(releases, _)| releases).chain(told);
    let page = Page {
        color: style.color,
        width: style.width.max(MIN_WIDTH),
        column: all.map(|releases| releases.words().len()).max().unwrap_or_default() + 2,
    };
    for (releases, verdict) in verdicts {
        let (color, text) = match verdict {
            Verdict::Yes => (theme::DEFAULT_HELP_STYLE, "loads".to_owned()),
            Verdict::No => (theme::DEFAULT_ERROR_STYLE, "does not load".into()),
            Verdict::Unknown(reason) => {
                (theme::DEFAULT_WARNING_STYLE, format!("may or may not load: {reason}"))
            }
        };
        page.entry(out, releases, color, &text)?;
    }
    if stories.is_empty() {
        return writeln!(out, "\nEvery line means the same in all of them.");
    }
    for story in stories {
        page.line(out, source, story.line)?;
        for (releases, remark) in story.remarks {
            let color = match remark.kind {
                RemarkKind::Refused => theme::DEFAULT_ERROR_STYLE,
                RemarkKind::Ignored => theme::DEFAULT_WARNING_STYLE,
                RemarkKind::Meaning => theme::Style::new(),
            };
            page.entry(out, releases, color, &remark.text)?;
        }
    }
    Ok(())
}

struct Page {
    color: bool,
    width: usize,
    /// Where the text behind the releases begins.
    column: usize,
}

impl Page {
    /// `  v0.13 to v0.16  what they say`, further lines below the text.
    fn entry(
        &self,
        out: &mut dyn Write,
        releases: Releases,
        color: theme::Style,
        text: &str,
    ) -> io::Result<()> {
        let (column, color) = (self.column, self.paint(color));
        let mut releases = releases.words();
        for line in wrap(escape(text), self.width - 1 - 2 - column) {
            writeln!(out, "  {releases:column$}{color}{}{color:#}", line.trim_end())?;
            releases.clear();
        }
        Ok(())
    }

    /// The number of a line, and what stands there.
    fn line(&self, out: &mut dyn Write, source: &Source, number: usize) -> io::Result<()> {
        let text = source.slice(source.line_span(number - 1)).trim();
        let heading = fit(&format!("line {number}: {}", visible(text)), self.width - 1);
        let bold = self.paint(theme::DEFAULT_EMPHASIS_STYLE);
        writeln!(out, "\n{bold}{heading}{bold:#}")
    }

    fn paint(&self, style: theme::Style) -> theme::Style {
        if self.color { style } else { theme::Style::new() }
    }
}

/// As much of a text as fits.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.into();
    }
    let mut left = width - 1;
    let kept = text.chars().take_while(|c| {
        let needed = c.width().unwrap_or(0);
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    });
    kept.chain(['…']).collect()
}

/// Prints the blocks as one line of JSON. Within version 1 a field may come, but none goes or
/// changes its meaning.
///
/// # Errors
/// When the writer fails.
pub fn json(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        file: comparison.source.name(),
        releases: Blocks(comparison),
    };
    write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    file: &'a str,
    releases: Blocks<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

struct Blocks<'a>(&'a Comparison);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.blocks.iter().map(|block| OneBlock {
            from: block.releases.from.to_string(),
            to: block.releases.to.to_string(),
            loads: block.loads.as_bool(),
            reason: match &block.loads {
                Verdict::Unknown(reason) => Some(reason),
                Verdict::Yes | Verdict::No => None,
            },
            remarks:
                block.remarks.iter().map(|remark| OneRemark::new(&self.0.source, remark)).collect(),
        }))
    }
}

#[derive(Serialize)]
struct OneBlock<'a> {
    from: String,
    to: String,
    loads: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    remarks: Vec<OneRemark<'a>>,
}

#[derive(Serialize)]
struct OneRemark<'a> {
    kind: RemarkKind,
    line: usize,
    column: usize,
    key: Option<&'a str>,
    text: &'a str,
}

impl<'a> OneRemark<'a> {
    fn new(source: &Source, remark: &'a Remark) -> Self {
        let place = source.position(remark.span.start);
        Self {
            kind: remark.kind,
            line: place.line,
            column: place.column,
            key: remark.key.as_deref(),
            text: &remark.text,
        }
    }
}
