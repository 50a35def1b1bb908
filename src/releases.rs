//! What an upgrade or a downgrade does to a file: release by release, whether it loads, what is
//! passed over, and which lines change their meaning.

use std::collections::BTreeMap;

use crate::decode::classify::Class;
use crate::decode::{decode, dotted, quirk};
use crate::levels::Levels;
use crate::meaning::{self, meanings};
use crate::model::Config;
use crate::order::Order;
use crate::release::{Release, Releases};
use crate::report::{Impact, Verdict};
use crate::schema::Key;
use crate::secrets;
use crate::session::Session;
use crate::settings::Settings;
use crate::source::{Source, Span};
use crate::tree::Tree;
use crate::world::World;

/// Releases that make the same of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The first and the last of them.
    pub releases: Releases,
    /// Whether they load the file.
    pub loads: Verdict,
    /// What they say to single lines, in the order of the text.
    pub remarks: Vec<Remark>,
}

/// What releases make of a line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Remark {
    /// The place.
    pub span: Span,
    /// What sort of remark it is.
    pub kind: RemarkKind,
    /// What to say.
    pub text: String,
    /// The key, if one is concerned.
    pub key: Option<String>,
}

/// The sorts of remarks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RemarkKind {
    /// The file is refused for it.
    Refused,
    /// The key has no effect.
    Ignored,
    /// It means something else in other releases.
    Meaning,
}

/// What the releases of a range make of a file.
#[derive(Debug)]
pub struct Comparison {
    /// The file, secrets blotted out.
    pub source: Source,
    /// The oldest releases first.
    pub blocks: Vec<Block>,
}

/// Compares what the releases of a range make of a file.
#[must_use]
pub fn compare(mut source: Source, range: Releases, world: &dyn World) -> Comparison {
    let tree = Tree::parse(&source);
    let mut blocks: Vec<Block> = Vec::new();
    for releases in steps(range) {
        let block = judge(&source, &tree, releases, world);
        match blocks.last_mut() {
            Some(last) if last.loads == block.loads && last.remarks == block.remarks => {
                last.releases.to = releases.to;
            }
            _ => blocks.push(block),
        }
    }
    let secrets = {
        let decoded = decode(&source, &tree, range);
        secrets::spans(&source, &tree, &decoded)
    };
    source.blot(&secrets);
    Comparison { source, blocks }
}

/// The range, cut wherever anything in BuildKit changes that bears on a file.
fn steps(range: Releases) -> Vec<Releases> {
    let mut cuts: Vec<Release> = quirk::CHANGES.iter().chain(meaning::CHANGES).copied().collect();
    collect_since(<Config<'_> as crate::model::Keyed>::KEYS, &mut cuts);
    cuts.retain(|&cut| range.from < cut && cut <= range.to);
    cuts.order();
    cuts.dedup();
    let starts = std::iter::once(range.from).chain(cuts.iter().copied());
    let ends = cuts.iter().map(|cut| cut.before()).chain([range.to]);
    starts.zip(ends).map(|(from, to)| Releases { from, to }).collect()
}

fn collect_since(keys: &'static [Key], cuts: &mut Vec<Release>) {
    for key in keys {
        cuts.push(key.since);
        cuts.extend(key.containerd_since);
        collect_since(key.kind.keys(), cuts);
    }
}

fn judge(source: &Source, tree: &Tree, releases: Releases, world: &dyn World) -> Block {
    let target = Releases::only(releases.to);
    let decoded = decode(source, tree, target);
    let settings = Settings { buildkit: target, ..Settings::default() };
    let report = Session::new(settings, Levels::default(), world).check(source.clone());

    let refused = report.findings.iter().filter(|finding| finding.impact == Impact::Load);
    let mut remarks: Vec<_> = refused
        .map(|finding| Remark {
            span: finding.span,
            kind: RemarkKind::Refused,
            text: format!("refused: {}", finding.message),
            key: finding.key.clone(),
        })
        .collect();
    remarks.extend(decoded.unknown.iter().map(|unknown| {
        let text = match unknown.class {
            Class::Newer(since) => format!("ignored, known since {}", since.name()),
            Class::Case(known) => format!("ignored, called `{known}` there"),
            _ => "ignored".into(),
        };
        let key = Some(dotted(&unknown.path));
        Remark { span: unknown.part, kind: RemarkKind::Ignored, text, key }
    }));
    let meant = meanings(&decoded.config).into_iter();
    let meant = meant.filter(|meaning| meaning.from <= target.to && target.to < meaning.until);
    remarks.extend(meant.map(|meaning| Remark {
        span: meaning.span,
        kind: RemarkKind::Meaning,
        text: meaning.text,
        key: Some(meaning.key),
    }));
    remarks.order();
    remarks.dedup();
    Block { releases, loads: report.loads, remarks }
}

/// What becomes of a line from release to release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story<'a> {
    /// The line, counted from 1.
    pub line: usize,
    /// Which releases say what, the oldest releases first.
    pub remarks: Vec<(Releases, &'a Remark)>,
}

/// The same by lines. What a line means is left out where all releases agree.
#[must_use]
pub fn by_line(comparison: &Comparison) -> Vec<Story<'_>> {
    let Comparison { source, blocks } = comparison;
    let mut seen = BTreeMap::<&Remark, Vec<usize>>::new();
    for (at, block) in blocks.iter().enumerate() {
        for remark in &block.remarks {
            seen.entry(remark).or_default().push(at);
        }
    }
    let mut remarks = Vec::new();
    for (remark, places) in seen {
        if remark.kind == RemarkKind::Meaning && places.len() == blocks.len() {
            continue;
        }
        for run in places.chunk_by(|one, next| one + 1 == *next) {
            if let (Some(&first), Some(&last)) = (run.first(), run.last()) {
                let (from, to) = (blocks[first].releases.from, blocks[last].releases.to);
                remarks.push((Releases { from, to }, remark));
            }
        }
    }
    let line = |remark: &Remark| source.line_index(remark.span.start) + 1;
    remarks.order_by_key(|(releases, remark)| (line(remark), releases.from, remark.span.start));
    let mut stories: Vec<Story<'_>> = Vec::new();
    for (releases, remark) in remarks {
        let line = line(remark);
        match stories.last_mut() {
            Some(story) if story.line == line => story.remarks.push((releases, remark)),
            _ => stories.push(Story { line, remarks: vec![(releases, remark)] }),
        }
    }
    stories
}
