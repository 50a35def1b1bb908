//! Comments that silence findings: `# bklint: allow(gc::disabled) until=2027-01-31 -- why`.
//!
//! A comment is about what stands on its line, or on the next one if it stands alone; about a whole
//! value that begins or ends there, and below a header about its table and those inside it.
//! `allow-file` is about the file. `expect` is reported when there was nothing to silence.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use crate::config::is_past;
use crate::hash::HashMap;
use crate::levels::{Selector, UnknownRule};
use crate::order::Order;
use crate::own::{Fault, FaultKind};
use crate::report::{SuppressedBy, Suppression};
use crate::source::{Source, Span};
use crate::tree::{Node, NodeKind, Tree, unquote};

/// The comments of a file.
#[derive(Debug, Default)]
pub struct Comments {
    list: Vec<Comment>,
    faults: Vec<Fault>,
    /// Which comment counts where, by what it names: there may be as many comments as findings.
    areas: HashMap<Selector, Vec<Area>>,
    /// Where a rule found what nothing may silence.
    bound: RefCell<HashMap<String, Vec<u32>>>,
}

/// Where the same comment counts.
#[derive(Debug)]
struct Area {
    bytes: Range<u64>,
    name: NameId,
}

/// A comment and one of its names, by number.
type NameId = (usize, usize);

/// One of them.
#[derive(Debug)]
struct Comment {
    /// What it is about.
    target: Span,
    expects: bool,
    names: Vec<Name>,
    why: Arc<Suppression>,
    /// What to take away to be rid of it.
    whole: Span,
}

/// A rule or group that it names.
#[derive(Debug)]
struct Name {
    selector: Selector,
    span: Span,
    used: Cell<bool>,
}

/// For as many different names it is searched what was meant, if they are no rule's.
const SEARCHED: usize = 1_000;

impl Comments {
    /// Reads all comments for bklint; `now` in seconds since 1970 tells which have expired.
    #[must_use]
    pub fn read(source: &Source, tree: &Tree, now: i64) -> Self {
        let mut comments = Self::default();
        let mut targets = Targets { source, tree, tops: Vec::new(), stack: 0..0 };
        let mut names = HashMap::default();
        for &span in &tree.comments {
            // Most files have none, so this is all that most comments cost.
            let text = source.slice(span).trim_start_matches('#').trim_start();
            if let Some(rest) = text.strip_prefix("bklint") {
                comments.one(&mut targets, &mut names, span, rest, now);
            }
        }
        comments.find_areas();
        comments
    }

    fn find_areas(&mut self) {
        let mut by_selector = HashMap::<_, Vec<_>>::default();
        for (at, comment) in self.list.iter().enumerate() {
            for (index, name) in comment.names.iter().enumerate() {
                let bytes = u64::from(comment.target.start)..u64::from(comment.target.end) + 1;
                let area = Area { bytes, name: (at, index) };
                by_selector.entry(name.selector.clone()).or_default().push(area);
            }
        }
        self.areas = by_selector.into_iter().map(|(name, areas)| (name, flat(areas))).collect();
    }

    fn one<'s>(
        &mut self,
        targets: &mut Targets<'_>,
        known: &mut HashMap<&'s str, Result<Selector, UnknownRule>>,
        span: Span,
        rest: &'s str,
        now: i64,
    ) {
        let source = targets.source;
        let mut reader = Reader { rest, end: span.start + length(source.slice(span)) };
        let directive = match reader.directive() {
            Ok(Some(directive)) => directive,
            // A comment about bklint, and none for it.
            Ok(None) => return,
            Err(kind) => {
                let span = match &kind {
                    FaultKind::Comment { instead: Some((_, span)), .. } => *span,
                    _ => span,
                };
                return self.faults.push(Fault { span, kind });
            }
        };
        let whole = removal(source, span);
        let mut names = Vec::new();
        for (name, span) in directive.names {
            let searched = known.len() < SEARCHED;
            let selector = known.entry(name).or_insert_with(|| {
                let plain = || UnknownRule::plain(name);
                if searched {
                    Selector::parse(name)
                } else {
                    Selector::known(name).ok_or_else(plain)
                }
            });
            match selector.clone() {
                Ok(selector) => names.push(Name { selector, span, used: Cell::new(false) }),
                Err(unknown) => {
                    self.faults.push(Fault { span, kind: FaultKind::UnknownRule(unknown) });
                }
            }
        }
        if let Some(until) = directive.until
            && is_past(until, now)
        {
            let what = names.iter().map(|name| format!("`{}`", name.selector));
            let what = what.collect::<Vec<_>>().join(", ");
            let kind = FaultKind::Expired { what, until: until.to_owned(), whole: Some(whole) };
            return self.faults.push(Fault { span, kind });
        }
        if directive.reason.is_none() {
            let end = Span::at(span.end);
            self.faults.push(Fault { span, kind: FaultKind::NoReason { end } });
        }
        let target = if directive.file { Span::new(0, u32::MAX) } else { targets.of(span) };
        let why = Suppression {
            kind: SuppressedBy::Inline,
            place: format!("{}:{}", source.name(), source.position(span.start).line),
            reason: directive.reason.map(str::to_owned),
            until: directive.until.map(str::to_owned),
        };
        let (expects, why) = (directive.expects, Arc::new(why));
        self.list.push(Comment { target, expects, names, why, whole });
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty() && self.faults.is_empty()
    }

    /// The comment that silences a finding of a rule at an offset; `bound` if nothing may.
    #[must_use]
    pub fn silence(&self, rule: &str, at: u32, bound: bool) -> Option<Arc<Suppression>> {
        if self.list.is_empty() {
            return None;
        }
        if bound {
            self.bound.borrow_mut().entry(rule.to_owned()).or_default().push(at);
            return None;
        }
        let group = rule.split("::").next().unwrap_or_default().to_owned();
        let by_rule = [Selector::Rule(rule.to_owned()), Selector::Group(group)];
        let pedantic = Some(Selector::Pedantic).filter(|all| all.names(rule));
        let (comment, name) =
            by_rule.iter().chain(&pedantic).filter_map(|names| self.first(names, at)).min()?;
        let comment = self.list.get(comment)?;
        comment.names.get(name)?.used.set(true);
        Some(Arc::clone(&comment.why))
    }

    /// The first comment with that name about an offset.
    fn first(&self, names: &Selector, at: u32) -> Option<NameId> {
        let (areas, at) = (self.areas.get(names)?, u64::from(at));
        let behind = areas.partition_point(|area| area.bytes.start <= at);
        let area = areas.get(behind.checked_sub(1)?)?;
        area.bytes.contains(&at).then_some(area.name)
    }

    /// Whether a rule of that name found something in these bytes that nothing may silence.
    fn is_refused(&self, names: &Selector, target: Span) -> bool {
        let bound = self.bound.borrow();
        let mut rules = bound.iter().filter(|(rule, _)| names.names(rule));
        rules.any(|(_, places)| {
            let first = places.partition_point(|at| *at < target.start);
            places.get(first).is_some_and(|at| *at <= target.end)
        })
    }

    /// What is wrong with the comments, once all findings have come by.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.bound.borrow_mut().values_mut().for_each(|places| places.order());
        let mut faults = self.faults.clone();
        for comment in &self.list {
            for name in &comment.names {
                let what = name.selector.to_string();
                let kind = match () {
                    () if self.is_refused(&name.selector, comment.target) => {
                        FaultKind::Weakened { rule: what, by: "a policy or `forbid`".into() }
                    }
                    // What a comment says about comments shows only afterwards.
                    () if name.used.get() || what.starts_with("bklint::") => continue,
                    () => {
                        let alone = comment.names.len() == 1;
                        let whole = alone.then_some(comment.whole);
                        FaultKind::Unused { what, expected: comment.expects, whole }
                    }
                };
                faults.push(Fault { span: name.span, kind });
            }
        }
        faults.order_by_key(|fault| fault.span);
        faults
    }
}

/// What a comment says.
struct Directive<'a> {
    file: bool,
    expects: bool,
    names: Vec<(&'a str, Span)>,
    until: Option<&'a str>,
    reason: Option<&'a str>,
}

/// Reads a comment behind the word `bklint`; `end` is where the comment ends.
struct Reader<'a> {
    rest: &'a str,
    end: u32,
}

impl<'a> Reader<'a> {
    fn directive(&mut self) -> Result<Option<Directive<'a>>, FaultKind> {
        let wrong = |why: &str| FaultKind::Comment { why: why.to_owned(), instead: None };
        let Some(rest) = self.rest.strip_prefix(':') else {
            let verb = self.rest.trim_start();
            let meant = ["allow(", "allow-file(", "expect("];
            let is_meant = meant.iter().any(|known| verb.starts_with(known));
            let why = wrong("a colon is missing behind `bklint`");
            return if is_meant { Err(why) } else { Ok(None) };
        };
        self.rest = rest.trim_start();
        let open = self.rest.find('(').ok_or_else(|| wrong("it names no rule in parentheses"))?;
        let verb = self.rest.get(..open).unwrap_or_default().trim_end();
        let (file, expects) = match verb {
            "allow" => (false, false),
            "allow-file" => (true, false),
            "expect" => (false, true),
            _ => {
                let near = matches!(verb, "ignore" | "disable" | "noqa" | "suppress" | "skip");
                let instead = near.then(|| ("allow".to_owned(), self.span(verb)));
                let why = format!("`{verb}` is not `allow`, `allow-file` or `expect`");
                return Err(FaultKind::Comment { why, instead });
            }
        };
        self.rest = self.rest.get(open + 1..).unwrap_or_default();
        let close = self.rest.find(')').ok_or_else(|| wrong("the parenthesis is not closed"))?;
        let list = self.rest.get(..close).unwrap_or_default();
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<_> = names.map(|name| (name, self.span_in(name))).collect();
        if names.is_empty() {
            return Err(wrong("it names no rule"));
        }
        self.rest = self.rest.get(close + 1..).unwrap_or_default();
        let (words, reason) = match self.rest.split_once("--") {
            Some((words, reason)) => (words, Some(reason.trim()).filter(|text| !text.is_empty())),
            None => (self.rest, None),
        };
        let mut until = None;
        for word in words.split_whitespace() {
            let day = word.strip_prefix("until=");
            let day = day.filter(|day| crate::clock::parse_rfc3339(day).is_some());
            if day.is_none() {
                let why = "only `until=2027-01-31` and a reason behind `--` may follow";
                return Err(wrong(why));
            }
            until = day;
        }
        Ok(Some(Directive { file, expects, names, until, reason }))
    }

    /// Where the beginning of what is left stands.
    fn span(&self, text: &str) -> Span {
        let start = self.end - length(self.rest);
        Span::new(start, start + length(text))
    }

    /// Where a part of what is left stands.
    fn span_in(&self, part: &str) -> Span {
        let offset = part.as_ptr() as usize - self.rest.as_ptr() as usize;
        let start = self.end - length(self.rest) + u32::try_from(offset).unwrap_or(0);
        Span::new(start, start + length(part))
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// A comment with the space before it, or its line if it stands alone.
fn removal(source: &Source, comment: Span) -> Span {
    let line = source.line_span(source.line_index(comment.start));
    let before = source.slice(Span::new(line.start, comment.start));
    match before.trim_end() {
        "" => Span::new(line.start, source.next_line(comment.start)),
        code => Span::new(line.start + length(code), comment.end),
    }
}

/// Areas that do not overlap: where several comments count, the first one does.
fn flat(mut areas: Vec<Area>) -> Vec<Area> {
    if areas.len() < 2 {
        return areas;
    }
    let mut borders: Vec<_> =
        areas.iter().flat_map(|area| [area.bytes.start, area.bytes.end]).collect();
    borders.order();
    borders.dedup();
    areas.order_by_key(|area| area.bytes.start);
    let mut flat = Vec::new();
    let mut coming = areas.into_iter().peekable();
    // Those that have begun; some may have ended.
    let mut begun = BinaryHeap::new();
    for (&start, &end) in borders.iter().zip(borders.iter().skip(1)) {
        while let Some(area) = coming.next_if(|area| area.bytes.start <= start) {
            begun.push(Reverse((area.name, area.bytes.end)));
        }
        while begun.peek().is_some_and(|Reverse((_, end))| *end <= start) {
            begun.pop();
        }
        if let Some(&Reverse((name, _))) = begun.peek() {
            flat.push(Area { bytes: start..end, name });
        }
    }
    flat
}

/// What comments are about.
struct Targets<'a> {
    source: &'a Source,
    tree: &'a Tree,
    /// Headers and pairs outside of values; looked for when the first comment needs them.
    tops: Vec<&'a Node>,
    /// The lines of comments that the last one stood among, and the line behind them.
    stack: Range<usize>,
}

impl Targets<'_> {
    /// What a comment is about.
    fn of(&mut self, comment: Span) -> Span {
        let source = self.source;
        let index = source.line_index(comment.start);
        let mut line = source.line_span(index);
        let code = source.slice(Span::new(line.start, comment.start));
        if code.trim().is_empty() {
            line = source.line_span(self.behind_comments(index));
        }
        if self.tops.is_empty() {
            self.tops = self.tree.top().map(|(_, node)| node).collect();
        }
        let on_line = |at: u32| (line.start..=line.end).contains(&at);
        let mut region = line;
        let first = self.tops.partition_point(|node| node.span.end < line.start);
        let mut tops = self.tops.iter().skip(first);
        while let Some(node) = tops.next() {
            if node.span.start > line.end {
                break;
            }
            if !on_line(node.span.start) && !on_line(node.span.end) {
                continue;
            }
            region = region.to(node.span);
            if let NodeKind::Header { keys, .. } = &node.kind {
                let path = |keys| -> Vec<_> {
                    let keys = self.tree.path(keys).iter();
                    keys.map(|key| unquote(source.slice(key.span), key.quote)).collect()
                };
                let own = path(keys);
                let ends = tops.find(|node| match &node.kind {
                    NodeKind::Header { keys, .. } => {
                        let other = path(keys);
                        other.len() <= own.len() || !other.starts_with(&own)
                    }
                    _ => false,
                });
                let end = ends.map_or(length(source.text()) + 1, |node| node.span.start);
                return Span::new(region.start, end - 1);
            }
        }
        region
    }

    /// The line below a comment that stands alone: several may stand above what they are about.
    fn behind_comments(&mut self, index: usize) -> usize {
        if !self.stack.contains(&index) {
            let mut end = index;
            loop {
                end += 1;
                let next = self.source.line_span(end);
                let is_comment = self.source.slice(next).trim_start().starts_with('#');
                if !is_comment || next.start as usize >= self.source.text().len() {
                    break;
                }
            }
            self.stack = index..end;
        }
        self.stack.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which lines (from 1) the first comment of a text is about, and what is wrong with it.
    fn read(text: &str) -> (Vec<usize>, Vec<Fault>) {
        let source = Source::new("x", text.into());
        let comments = Comments::read(&source, &Tree::parse(&source), 1_795_392_000);
        let lines = (0..text.lines().count()).filter(|&line| {
            let at = source.line_span(line).start;
            comments.silence("gc::disabled", at, false).is_some()
        });
        (lines.map(|line| line + 1).collect(), comments.faults)
    }

    #[test]
    fn what_a_comment_is_about() {
        let allow = "# bklint: allow(gc::disabled) -- why";
        for (text, lines) in [
            (format!("a = 1 {allow}\nb = 2\n"), vec![1]),
            (format!("{allow}\na = 1\nb = 2\n"), vec![2]),
            (format!("{allow}\n# more\na = 1\nb = 2\n"), vec![3]),
            (format!("{allow}\n\na = 1\n"), vec![2]),
            (format!("a = [ {allow}\n1,\n]\nb = 2\n"), vec![1, 2, 3]),
            (format!("a = [\n1, {allow}\n2,\n]\n"), vec![2]),
            (format!("a = [\n1,\n] {allow}\nb = 2\n"), vec![1, 2, 3]),
            (format!("[t] {allow}\na = 1\n[t.u]\nb = 1\n[v]\nc = 1\n"), vec![1, 2, 3, 4]),
            (format!("x = 1\n{allow}\n[[t]]\na = 1\n[[t]]\nb = 1\n"), vec![3, 4]),
            ("a = 1\n\n# bklint: allow-file(gc::*) -- why\n".to_owned(), vec![1, 2, 3]),
            ("a = 1 # bklint is nice\n".to_owned(), vec![]),
            (format!("a = 1\n{allow}"), vec![]),
        ] {
            let (found, faults) = read(&text);
            assert_eq!(found, lines, "{text}");
            assert!(faults.is_empty(), "{text}: {faults:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_comment() {
        for comment in [
            "bklint allow(gc::disabled) -- x",
            "bklint: allow -- x",
            "bklint: allow() -- x",
            "bklint: allow(gc::disabled -- x",
            "bklint: ignore(gc::disabled) -- x",
            "bklint: allow(gc::disabled) until=soon -- x",
            "bklint: allow(gc::disabled) because -- x",
        ] {
            let (lines, faults) = read(&format!("a = 1 # {comment}\n"));
            assert!(lines.is_empty(), "{comment}");
            let [Fault { kind: FaultKind::Comment { .. }, .. }] = &*faults else {
                panic!("{comment}: {faults:?}")
            };
        }
        let (lines, faults) = read("a = 1 # bklint: allow(gc::disabled) until=2026-11-22 -- x\n");
        assert!(lines.is_empty());
        assert!(matches!(&*faults, [Fault { kind: FaultKind::Expired { .. }, .. }]));
        let (lines, faults) = read("a = 1 # bklint: allow(gc::disabled)\n");
        assert_eq!(lines, [1]);
        assert!(matches!(&*faults, [Fault { kind: FaultKind::NoReason { .. }, .. }]));
    }
}
