//! Where things stand in a file, and edits that leave it as a careful person would have: comments
//! kept, indentation, spacing and empty lines as around them.

use std::cell::{Cell, OnceCell};

use crate::decode::dotted;
use crate::hash::HashMap;
use crate::report::{Fix, Words};
use crate::source::{Source, Span};
use crate::tree::{Node, NodeId, NodeKind, Quote, Tree, unquote};

/// What edits have to know about a file. It looks only when it is asked.
pub struct Layout<'a> {
    source: &'a Source,
    tree: &'a Tree,
    manner: OnceCell<Manner<'a>>,
    top: OnceCell<Vec<NodeId>>,
    headers: OnceCell<Vec<usize>>,
    named: OnceCell<HashMap<Vec<String>, NodeId>>,
    /// The answer of [`Layout::is_door`] for the node of the top level that was asked about last:
    /// one array may hold most of a file.
    door: Cell<Option<(NodeId, bool)>>,
    /// The section whose end was asked for last, and its end: a fix asks for each table it adds.
    ended: Cell<Option<(Option<usize>, u32)>>,
}

/// How the file is written.
struct Manner<'a> {
    /// The line end.
    eol: &'static str,
    /// How far pairs stand to the right of their header.
    indent: &'a str,
    /// The equals sign with the space around it.
    equals: &'static str,
    /// An empty line above a table, if there is one.
    gap: &'static str,
}

/// A comment of more lines is not about the line below it.
const LONG_COMMENT: usize = 100;

/// The lines of a pair that has them for itself.
struct Lines {
    /// From the beginning of the first line to behind the last line end.
    span: Span,
    /// A comment behind the value.
    comment: Option<Span>,
}

impl<'a> Layout<'a> {
    /// The layout of a file.
    #[must_use]
    pub const fn new(source: &'a Source, tree: &'a Tree) -> Self {
        Self {
            source,
            tree,
            manner: OnceCell::new(),
            top: OnceCell::new(),
            headers: OnceCell::new(),
            named: OnceCell::new(),
            door: Cell::new(None),
            ended: Cell::new(None),
        }
    }

    /// As the first of each kind in the file is written.
    fn manner(&self) -> &Manner<'a> {
        self.manner.get_or_init(|| {
            let eol = if self.text().contains("\r\n") { "\r\n" } else { "\n" };
            let airy = self.is_airy();
            Manner {
                eol,
                indent: self.indent(),
                equals: self.equals(),
                gap: if airy { eol } else { "" },
            }
        })
    }

    fn text(&self) -> &'a str {
        self.source.text()
    }

    fn end(&self) -> u32 {
        u32::try_from(self.text().len()).unwrap_or(u32::MAX)
    }

    fn before(&self, at: u32) -> &'a str {
        self.source.slice(Span::new(0, at))
    }

    fn after(&self, at: u32) -> &'a str {
        self.source.slice(Span::new(at, self.end()))
    }

    fn node(&self, id: NodeId) -> Option<&'a Node> {
        self.tree.nodes.get(id)
    }

    /// Headers and pairs of the top level.
    fn top(&self) -> &[NodeId] {
        self.top.get_or_init(|| self.tree.top().map(|(id, _)| id).collect())
    }

    /// The headers, as indices into the top level.
    fn headers(&self) -> &[usize] {
        self.headers.get_or_init(|| {
            let top = self.top().iter().enumerate();
            top.filter(|(_, id)| self.is_header(**id)).map(|(at, _)| at).collect()
        })
    }

    fn is_header(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| matches!(node.kind, NodeKind::Header { .. }))
    }

    /// The name of a header, part by part.
    fn path(&self, id: NodeId) -> Option<Vec<String>> {
        let NodeKind::Header { keys, .. } = &self.node(id)?.kind else { return None };
        let parts = self.tree.path(keys).iter();
        Some(parts.map(|key| unquote(self.source.slice(key.span), key.quote).into()).collect())
    }

    /// The header in single brackets that has this name.
    fn header(&self, path: &[&str]) -> Option<NodeId> {
        let named = self.named.get_or_init(|| {
            let single = |id: &&NodeId| {
                let node = self.node(**id);
                node.is_some_and(|node| {
                    matches!(node.kind, NodeKind::Header { array: false, .. }) && !node.broken
                })
            };
            let headers = self.top().iter().filter(single);
            headers.filter_map(|id| Some((self.path(*id)?, *id))).collect()
        });
        let path: Vec<_> = path.iter().map(|&part| part.to_owned()).collect();
        named.get(&path).copied()
    }

    /// The pair with this dotted key.
    fn pair(&self, key: Span) -> Option<NodeId> {
        let at = self.tree.nodes.partition_point(|node| node.span.start < key.start);
        let node = self.node(at)?;
        let NodeKind::Pair { keys } = &node.kind else { return None };
        (self.tree.path_span(keys) == key && !node.broken).then_some(at)
    }

    /// The dotted key of the pair whose value this node is.
    #[must_use]
    pub fn key_of(&self, value: NodeId) -> Option<Span> {
        match &self.node(value.checked_sub(1)?)?.kind {
            NodeKind::Pair { keys } => Some(self.tree.path_span(keys)),
            _ => None,
        }
    }

    /// The pair with this dotted key, as it is written.
    #[must_use]
    pub fn pair_text(&self, key: Span) -> Option<&'a str> {
        Some(self.source.slice(self.node(self.pair(key)?)?.span))
    }

    /// Whether a value decides who comes in and what may be done: a listener, an entitlement, a
    /// device, the trust in a registry. One that was never read may be meant or forgotten.
    #[must_use]
    pub fn is_door(&self, value: Span) -> bool {
        let top = self.top();
        let starts = |id: &NodeId| self.node(*id).is_some_and(|n| n.span.start <= value.start);
        let id = top.partition_point(starts).checked_sub(1).and_then(|at| top.get(at));
        let Some(id) = id.copied() else { return false };
        match self.door.get() {
            Some((known, answer)) if known == id => answer,
            _ => {
                let answer = self.node(id).is_some_and(|node| self.is_node_door(node));
                self.door.set(Some((id, answer)));
                answer
            }
        }
    }

    fn is_node_door(&self, node: &Node) -> bool {
        let (NodeKind::Header { keys, .. } | NodeKind::Pair { keys }) = &node.kind else {
            return false;
        };
        let top = self.top();
        let header = self.header_above(node.span.start).and_then(|at| self.path(*top.get(at)?));
        let key = self.source.slice(self.tree.path_span(keys)).to_owned();
        let table = header.and_then(|path| path.into_iter().next()).unwrap_or(key).to_lowercase();
        let within = |name: &str| table.split('.').next() == Some(name);
        let inside = self.source.slice(node.span).to_lowercase();
        within("insecure-entitlements")
            || within("cdi")
            || within("grpc") && inside.contains("address")
            || within("registry") && (inside.contains("http") || inside.contains("insecure"))
    }

    fn line(&self, at: u32) -> Span {
        let mut line = self.source.line_span(self.source.line_index(at));
        if line.start == 0 && self.text().starts_with('\u{feff}') {
            // The mark is no part of the line.
            line.start = 3.min(line.end);
        }
        line
    }

    /// The lines of a pair of the top level; none for one inside braces.
    fn lines(&self, id: NodeId) -> Option<Lines> {
        self.top().binary_search(&id).ok()?;
        let node = self.node(id)?;
        let rest = Span::new(node.span.end, self.line(node.span.end).end);
        let comment = self.source.slice(rest).find('#').and_then(|at| u32::try_from(at).ok());
        Some(Lines {
            span: Span::new(self.line(node.span.start).start, self.source.next_line(node.span.end)),
            comment: comment.map(|at| Span::new(rest.start + at, rest.end)),
        })
    }

    fn is_comment(&self, line: Span) -> bool {
        self.source.slice(line).trim_start().starts_with('#')
    }

    /// Where the comment begins that stands right above a line; the line's own start if there is
    /// none. A comment at the very beginning is about the file.
    fn own_start(&self, at: u32) -> u32 {
        let line = self.source.line_index(at);
        let first = line.saturating_sub(LONG_COMMENT);
        let above =
            (first..line).rev().take_while(|&line| self.is_comment(self.source.line_span(line)));
        match above.last() {
            Some(line) if line > first => self.source.line_span(line).start,
            _ => self.line(at).start,
        }
    }

    /// Space before the first thing in a line.
    fn indent_of(&self, at: u32) -> &'a str {
        let line = self.source.slice(self.line(at));
        let text = line.trim_start_matches([' ', '\t']);
        line.get(..line.len() - text.len()).unwrap_or_default()
    }

    /// How far pairs stand to the right of their header: as the first one in the file, or two
    /// spaces.
    fn indent(&self) -> &'a str {
        let mut pairs = self.top().windows(2).filter_map(|two| {
            let (&[header, pair], true) = (two, self.is_header(*two.first()?)) else { return None };
            if self.is_header(pair) {
                return None;
            }
            let pair = self.indent_of(self.node(pair)?.span.start);
            pair.strip_prefix(self.indent_of(self.node(header)?.span.start))
        });
        pairs.next().unwrap_or("  ")
    }

    /// The equals sign with the space around it.
    fn equals(&self) -> &'static str {
        let tight = self.top().iter().find_map(|&id| {
            let node = self.node(id)?;
            let NodeKind::Pair { keys } = &node.kind else { return None };
            let rest = self.after(self.tree.path_span(keys).end);
            Some(rest.starts_with('=') && !rest.starts_with("= "))
        });
        if tight == Some(true) { "=" } else { " = " }
    }

    /// Whether an empty line stands above the tables.
    fn is_airy(&self) -> bool {
        let mut any = false;
        let headers = self.top().iter().skip(1).filter(|id| self.is_header(**id));
        for node in headers.filter_map(|id| self.node(*id)) {
            any = true;
            if ends_blank(self.before(self.own_start(node.span.start))) {
                return true;
            }
        }
        !any
    }

    /// The index of the header above a place.
    fn header_above(&self, at: u32) -> Option<usize> {
        let top = self.top();
        let starts = |index: &usize| {
            let node = top.get(*index).and_then(|id| self.node(*id));
            node.is_some_and(|node| node.span.start <= at)
        };
        let headers = self.headers();
        headers.get(headers.partition_point(starts).checked_sub(1)?).copied()
    }

    /// Where the section ends that begins with a header, tables below the same name included; none
    /// is what stands above the first header. Behind the last line that is not empty.
    fn section_end(&self, header: Option<usize>) -> u32 {
        if let Some((_, end)) = self.ended.get().filter(|(section, _)| *section == header) {
            return end;
        }
        let end = self.find_section_end(header);
        self.ended.set(Some((header, end)));
        end
    }

    fn find_section_end(&self, header: Option<usize>) -> u32 {
        let path = header.and_then(|at| self.path(*self.top().get(at)?));
        let rest = self.headers().partition_point(|at| header.is_some_and(|header| *at <= header));
        let below = |id: NodeId| {
            path.as_ref()
                .is_some_and(|path| self.path(id).is_some_and(|other| other.starts_with(path)))
        };
        let next = self.headers().iter().skip(rest).filter_map(|at| self.top().get(*at));
        let next = next.copied().find(|id| !below(*id)).and_then(|id| self.node(id));
        let end = next.map_or(self.end(), |next| self.own_start(next.span.start));
        let content = self.before(end).trim_start_matches('\u{feff}').trim_end();
        if content.is_empty() {
            return self.line(0).start;
        }
        let blank = self.before(end).len() - self.before(end).trim_end().len();
        let last = end - u32::try_from(blank).unwrap_or_default();
        self.source.next_line(last.saturating_sub(1)).min(end)
    }

    /// A table as text, in the file's manner.
    fn table(&self, header: &str, pairs: &[(&str, &str)]) -> String {
        let Manner { eol, indent, equals, .. } = *self.manner();
        let mut text = String::with_capacity(header.len() + 64 * pairs.len());
        text.extend(["[", header, "]"]);
        for (name, value) in pairs {
            text.extend([eol, indent, name, equals, value]);
        }
        text
    }
}

fn ends_blank(text: &str) -> bool {
    let text = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    // Not by splitting: a line may be as long as the file, and many are asked about its end.
    let last = text.map(|text| text.trim_end_matches(is_space));
    last.is_some_and(|text| text.is_empty() || text.ends_with('\n'))
}

fn starts_blank(text: &str) -> bool {
    let text = text.trim_start_matches(is_space);
    text.is_empty() || text.starts_with('\n')
}

fn is_space(c: char) -> bool {
    c != '\n' && c.is_whitespace()
}

/// Edits that need to know the layout. Those that may not be possible give none.
impl Fix {
    /// For a value that was refused: safe, but where reading it opens a door.
    #[must_use]
    pub fn reread(title: impl Into<Words>, layout: &Layout<'_>, value: Span) -> Self {
        if layout.is_door(value) { Self::unsafe_(title) } else { Self::safe(title) }
    }

    /// Writes a key anew; where its `=` stands in a column with others, it stays there.
    #[must_use]
    pub fn rename(self, layout: &Layout<'_>, key: Span, name: &str) -> Self {
        let rest = layout.after(key.end);
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let aligned = spaces > 1 && rest.get(spaces..).is_some_and(|rest| rest.starts_with('='));
        if !aligned {
            return self.replace(key, name);
        }
        let column = layout.source.slice(key).chars().count() + spaces;
        let width = name.chars().count();
        let padded = format!("{name}{:1$}", "", column.saturating_sub(width).max(1));
        let eaten = u32::try_from(spaces).unwrap_or_default();
        self.replace(Span::new(key.start, key.end + eaten), padded)
    }

    /// Takes a pair away, with the empty line that would be one too many. Comments stay.
    #[must_use]
    pub fn remove_pair(self, layout: &Layout<'_>, key: Span) -> Option<Self> {
        let id = layout.pair(key)?;
        let Some(lines) = layout.lines(id) else {
            return Some(self.remove(layout.inline_pair(id)?));
        };
        if let Some(comment) = lines.comment {
            return Some(self.remove(Span::new(key.start, comment.start)));
        }
        Some(self.remove(layout.with_blank(lines.span)))
    }

    /// Takes an element out of an array, with its comma and, if nothing else stands there, its
    /// line. None if a comment is in the way.
    #[must_use]
    pub fn remove_element(self, layout: &Layout<'_>, element: Span) -> Option<Self> {
        let text = layout.text();
        let before = layout.before(element.start);
        let after = layout.after(element.end);
        let next = after.trim_start();
        let comma = next.starts_with(',').then(|| after.len() - next.len() + 1);
        let line = layout.line(element.start);
        let own_line = layout.before(element.start).len() - layout.indent_of(element.start).len()
            == line.start as usize;
        let offset = |at: usize| u32::try_from(at).ok();

        // Up to the end of the line, or to the element behind it.
        let behind = after.get(comma.unwrap_or_default()..)?;
        let space = behind.len() - behind.trim_start_matches([' ', '\t']).len();
        let ends_line = behind.get(space..)?.starts_with(['\n', '\r', '#']);
        if own_line && ends_line {
            if behind.get(space..)?.starts_with('#') {
                return None;
            }
            let last = element.end + offset(comma.unwrap_or_default() + space)?;
            let fix = self.remove(Span::new(line.start, layout.source.next_line(last)));
            // The last one has no comma behind it, so neither may the one that becomes the last.
            let above = before.trim_end();
            return Some(match above.strip_suffix(',') {
                Some(rest) if comma.is_none() => {
                    fix.remove(Span::new(offset(rest.len())?, offset(above.len())?))
                }
                _ => fix,
            });
        }
        let span = match (comma, before.trim_end().strip_suffix(',')) {
            (Some(comma), _) => Span::new(element.start, element.end + offset(comma + space)?),
            (None, Some(rest)) => Span::new(offset(rest.trim_end().len())?, element.end),
            (None, None) => element,
        };
        let cut = text.get(span.range())?.replace(layout.source.slice(element), "");
        (!cut.contains('#')).then(|| self.remove(span))
    }

    /// Writes a new table behind the one that `near` stands in, or at the end of the file.
    #[must_use]
    pub fn add_table(
        self,
        layout: &Layout<'_>,
        near: Option<Span>,
        header: &str,
        pairs: &[(&str, &str)],
    ) -> Self {
        let at = match near {
            None => layout.end(),
            Some(near) => layout.section_end(layout.header_above(near.start)),
        };
        self.insert_apart(layout, at, &layout.table(header, pairs), layout.manner().gap)
    }

    /// Writes pairs into a table that has a header, behind those that stand there.
    #[must_use]
    pub fn add_pairs(
        self,
        layout: &Layout<'_>,
        path: &[&str],
        pairs: &[(&str, &str)],
    ) -> Option<Self> {
        let (at, indent) = layout.table_end(layout.header(path)?);
        let equals = layout.manner().equals;
        let lines = pairs.iter().map(|(name, value)| format!("{name}{equals}{value}"));
        Some(self.insert_lines(layout, at, &indent, lines))
    }

    /// Takes a table away that holds this pair alone, and no comment.
    #[must_use]
    pub fn remove_table(self, layout: &Layout<'_>, key: Span) -> Option<Self> {
        let at = layout.header_above(key.start)?;
        let header = *layout.top().get(at)?;
        let single =
            layout.header(&layout.path(header)?.iter().map(String::as_str).collect::<Vec<_>>());
        let (end, _) = layout.table_end(header);
        let start = layout.line(layout.node(header)?.span.start).start;
        let text = layout.source.slice(Span::new(start, end));
        let alone = single == Some(header)
            && layout.pair(key) == layout.top().get(at + 1).copied()
            && layout.top().get(at + 2).is_none_or(|id| layout.is_header(*id));
        (alone && !text.contains('#'))
            .then(|| self.remove(layout.with_blank(Span::new(start, end))))
    }

    /// Moves a pair, with the comment above it, into a table; `near` as for a new one.
    #[must_use]
    pub fn move_pair(
        self,
        layout: &Layout<'_>,
        key: Span,
        name: &str,
        path: &[&str],
    ) -> Option<Self> {
        let id = layout.pair(key)?;
        let lines = layout.lines(id)?;
        let start = layout.own_start(lines.span.start);
        let moved = layout.moved(start, lines.span.end, key, name)?;
        let fix = self.remove(layout.with_blank(Span::new(start, lines.span.end)));
        Some(if path.is_empty() {
            fix.insert_top(layout, &moved)
        } else if let Some(header) = layout.header(path) {
            let (at, indent) = layout.table_end(header);
            fix.insert_lines(layout, at, &indent, moved)
        } else {
            let mut table = format!("[{}]", dotted(path));
            for line in moved {
                table.extend([layout.manner().eol, layout.manner().indent, &line]);
            }
            let at = layout.section_end(layout.header_above(key.start));
            fix.insert_apart(layout, at, &table, layout.manner().gap)
        })
    }

    /// Writes lines above the first header.
    fn insert_top(self, layout: &Layout<'_>, lines: &[String]) -> Self {
        let first = layout.top().first();
        let pairs = first.is_some_and(|&id| !layout.is_header(id));
        let at = layout.section_end(None);
        if pairs {
            return self.insert_lines(layout, at, "", lines);
        }
        self.insert_apart(layout, at, &lines.join(layout.manner().eol), layout.manner().eol)
    }

    /// Inserts whole lines.
    fn insert_lines(
        self,
        layout: &Layout<'_>,
        at: u32,
        indent: &str,
        lines: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let eol = layout.manner().eol;
        let mut text = String::new();
        if !layout.before(at).is_empty() && !layout.before(at).ends_with('\n') {
            text.push_str(eol);
        }
        for line in lines {
            text.extend([indent, line.as_ref(), eol]);
        }
        self.insert_joined(at, text)
    }

    /// Inserts lines that stand apart from those around them; `gap` is what keeps them apart.
    fn insert_apart(self, layout: &Layout<'_>, at: u32, lines: &str, gap: &str) -> Self {
        let eol = layout.manner().eol;
        // What the same fix takes away counts no more.
        let cut = self
            .edits
            .iter()
            .rev()
            .find(|edit| edit.text.is_empty() && edit.span.start <= at && at <= edit.span.end);
        let (left, at) = cut.map_or((at, at), |cut| (cut.span.start, cut.span.end));
        let again = self.edits.iter().find(|edit| edit.span == Span::at(at));
        let (left, right) = (layout.before(left), layout.after(at));
        let before = match () {
            () if again.is_some_and(|edit| ends_blank(&edit.text)) => String::new(),
            () if again.is_some() => gap.to_owned(),
            () if left.trim_start_matches('\u{feff}').trim().is_empty() => String::new(),
            () if !left.ends_with('\n') => format!("{eol}{gap}"),
            () if ends_blank(left) => String::new(),
            () => gap.to_owned(),
        };
        let after = if starts_blank(right) { "" } else { gap };
        self.insert_joined(at, format!("{before}{lines}{eol}{after}"))
    }

    /// Inserts at a place where the same fix may have done so before.
    fn insert_joined(mut self, at: u32, text: String) -> Self {
        match self.edits.iter_mut().find(|edit| edit.span == Span::at(at)) {
            Some(edit) => edit.text.push_str(&text),
            None => return self.insert(at, text),
        }
        self
    }
}

impl Layout<'_> {
    /// A pair inside braces with its comma.
    fn inline_pair(&self, id: NodeId) -> Option<Span> {
        let span = self.node(id)?.span;
        let after = self.after(span.end);
        let (next, before) = (after.trim_start(), self.before(span.start).trim_end());
        let offset = |at: usize| u32::try_from(at).ok();
        if let Some(rest) = next.strip_prefix(',') {
            let comma = after.len() - rest.trim_start_matches([' ', '\t']).len();
            return Some(Span::new(span.start, span.end + offset(comma)?));
        }
        match before.strip_suffix(',') {
            Some(rest) => Some(Span::new(offset(rest.trim_end().len())?, span.end)),
            None => Some(span),
        }
    }

    /// Whole lines, and an empty line beside them that would be one too many.
    fn with_blank(&self, lines: Span) -> Span {
        let before = self.before(lines.start).trim_start_matches('\u{feff}');
        let after = self.after(lines.end);
        if after.trim().is_empty() && ends_blank(before) && !before.trim().is_empty() {
            let blank = before.len() - before.trim_end().len();
            let content = lines.start - u32::try_from(blank).unwrap_or_default();
            return Span::new(self.source.next_line(content.saturating_sub(1)), lines.end);
        }
        let doubled = before.is_empty() || ends_blank(before);
        if doubled && starts_blank(after) && !after.is_empty() {
            return Span::new(lines.start, self.source.next_line(lines.end));
        }
        lines
    }

    /// Where pairs go into a table that has a header, and how far to the right.
    fn table_end(&self, header: NodeId) -> (u32, String) {
        let top = self.top();
        let at = top.partition_point(|id| *id <= header);
        let next = self.headers().partition_point(|index| *index < at);
        let next = self.headers().get(next).copied().unwrap_or(top.len());
        let Some(node) = self.node(header) else { return (self.end(), String::new()) };
        match top.get(at..next) {
            Some([first, ..]) => {
                let indent = self.node(*first).map_or("", |node| self.indent_of(node.span.start));
                let last = top.get(next - 1).and_then(|last| self.lines(*last));
                (last.map_or(self.end(), |lines| lines.span.end), indent.to_owned())
            }
            _ => {
                let indent = format!("{}{}", self.indent_of(node.span.start), self.manner().indent);
                (self.source.next_line(node.span.end), indent)
            }
        }
    }

    /// The lines of a pair and of its comment without their indentation, the key renamed.
    fn moved(&self, start: u32, end: u32, key: Span, name: &str) -> Option<Vec<String>> {
        let indent = self.indent_of(key.start);
        let id = self.pair(key)?;
        let inside = self.tree.nodes.get(id..self.node(id)?.end as usize)?;
        let long = |node: &Node| {
            matches!(node.kind, NodeKind::Text(Quote::MultiBasic | Quote::MultiLiteral))
        };
        // The space in it is part of the value.
        if inside.iter().any(long) {
            return None;
        }
        let before = self.source.slice(Span::new(start, key.start));
        let after = self.source.slice(Span::new(key.end, end));
        let text = format!("{before}{name}{after}");
        let bare = |line: &str| line.strip_prefix(indent).unwrap_or(line).trim_end().to_owned();
        Some(text.trim_end_matches(['\r', '\n']).split('\n').map(bare).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply;

    /// What edits make of a text, and the same in the other line ends.
    fn edited(
        text: &str,
        key: &str,
        edit: impl Fn(Fix, &Layout<'_>, Span) -> Option<Fix>,
    ) -> String {
        let run = |text: String| {
            let source = Source::new("x", text.into());
            let tree = Tree::parse(&source);
            let layout = Layout::new(&source, &tree);
            let start = source.text().find(key).unwrap();
            let offset = |at: usize| u32::try_from(at).unwrap();
            let key = Span::new(offset(start), offset(start + key.len()));
            let fix = edit(Fix::safe("x"), &layout, key).expect("a fix");
            let spans: Vec<_> = fix.edits.iter().map(|edit| edit.span).collect();
            assert!(spans.windows(2).all(|two| two[0].end <= two[1].start), "{spans:?}");
            apply(source.text(), &fix)
        };
        let fixed = run(text.to_owned());
        if text.contains('\n') {
            assert_eq!(run(text.replace('\n', "\r\n")), fixed.replace('\n', "\r\n"));
        }
        assert_eq!(run(format!("\u{feff}{text}")), format!("\u{feff}{fixed}"));
        fixed
    }

    #[test]
    fn keys_keep_their_column() {
        let rename =
            |text: &str, name| edited(text, "old", |fix, l, key| Some(fix.rename(l, key, name)));
        assert_eq!(rename("old = 1", "newer"), "newer = 1");
        assert_eq!(rename("old    = 1", "newer"), "newer  = 1");
        assert_eq!(rename("old  = 1", "longer"), "longer = 1");
        assert_eq!(rename("old  = 1", "a"), "a    = 1");
        assert_eq!(rename("a.old.b  = 1", "new"), "a.new.b  = 1");
    }

    #[test]
    fn a_pair_goes_and_its_comments_stay() {
        let remove = |text: &str| edited(text, "key", Fix::remove_pair);
        assert_eq!(remove("a = 1\nkey = 2\nb = 3"), "a = 1\nb = 3");
        assert_eq!(remove("a = 1\nkey = [\n  2, # two\n]\nb = 3"), "a = 1\nb = 3");
        assert_eq!(remove("[t]\n  key = 2 # why\n"), "[t]\n  # why\n");
        assert_eq!(remove("# why\nkey = 2\n"), "# why\n");
        assert_eq!(remove("key = 2\n\n[t]\n"), "[t]\n");
        assert_eq!(remove("a = 1\n\nkey = 2\n\n[t]\n"), "a = 1\n\n[t]\n");
        assert_eq!(remove("a = 1\n\nkey = 2\n[t]\n"), "a = 1\n\n[t]\n");
        assert_eq!(remove("t = { key = 1, b = 2 }"), "t = { b = 2 }");
        assert_eq!(remove("t = { a = 1, key = 2 }"), "t = { a = 1 }");
        assert_eq!(remove("t = { a = 1, key = 2, b = 3 }"), "t = { a = 1, b = 3 }");
        assert_eq!(remove("t = {key = 2}"), "t = {}");
    }

    #[test]
    fn an_element_goes_with_its_comma() {
        let remove = |text: &str| edited(text, "'x'", Fix::remove_element);
        assert_eq!(remove("a = ['x', 1]"), "a = [1]");
        assert_eq!(remove("a = [1, 'x']"), "a = [1]");
        assert_eq!(remove("a = [1, 'x', 2]"), "a = [1, 2]");
        assert_eq!(remove("a = [ 'x' ]"), "a = [  ]");
        assert_eq!(remove("a = [\n  1,\n  'x',\n]\n"), "a = [\n  1,\n]\n");
        assert_eq!(remove("a = [\n  1,\n  'x'\n]\n"), "a = [\n  1\n]\n");
        assert_eq!(remove("a = [\n  'x',\n  1 # one\n]\n"), "a = [\n  1 # one\n]\n");
        assert_eq!(remove("a = [1, # one\n  'x']\n"), "a = [1, # one\n  ]\n");
    }

    #[test]
    fn tables_stand_apart() {
        let add = |text: &str, near: &str| {
            edited(text, near, |fix, l, key| {
                Some(fix.add_table(l, Some(key), "n", &[("x", "1")]).add_table(
                    l,
                    Some(key),
                    "m",
                    &[],
                ))
            })
        };
        assert_eq!(add("a = 1", "a"), "a = 1\n\n[n]\n  x = 1\n\n[m]\n");
        assert_eq!(add("a=1\n", "a"), "a=1\n\n[n]\n  x=1\n\n[m]\n");
        assert_eq!(add("[t]\na = 1\n\n\n[u]\n", "a"), "[t]\na = 1\n\n[n]\nx = 1\n\n[m]\n\n\n[u]\n");
        assert_eq!(add("[t]\n\ta = 1\n[u]\n", "a"), "[t]\n\ta = 1\n[n]\n\tx = 1\n[m]\n[u]\n");
        let text = "[t]\n  a = 1\n\n[t.v]\n  b = 1\n\n# about u\n[u]\n";
        let fixed = "[t]\n  a = 1\n\n[t.v]\n  b = 1\n\n[n]\n  x = 1\n\n[m]\n\n# about u\n[u]\n";
        assert_eq!(add(text, "a"), fixed);
        assert_eq!(
            add("# a file\n[t]\n  a = 1\n", "# a"),
            "# a file\n\n[n]\n  x = 1\n\n[m]\n\n[t]\n  a = 1\n"
        );
    }

    #[test]
    fn a_pair_moves_with_what_is_said_about_it() {
        let to = |text: &str, path: &[&str]| {
            edited(text, "key", |fix, l, key| fix.move_pair(l, key, "new", path))
        };
        assert_eq!(
            to("[t]\n  # why\n  key = 1 # one\n  a = 1\n", &[]),
            "# why\nnew = 1 # one\n\n[t]\n  a = 1\n"
        );
        assert_eq!(
            to("b = 1\n\n[t]\n  key = [\n    1,\n  ]\n", &[]),
            "b = 1\nnew = [\n  1,\n]\n\n[t]\n"
        );
        assert_eq!(to("key = 1\n\n[t]\n    a = 1\n", &["t"]), "[t]\n    a = 1\n    new = 1\n");
        assert_eq!(
            to("[t]\n    a = 1\n\n[u]\nkey = 1", &["t"]),
            "[t]\n    a = 1\n    new = 1\n\n[u]\n"
        );
        assert_eq!(to("key = 1\n\n[u]\na = 1\n", &["t", "x"]), "[t.x]\nnew = 1\n\n[u]\na = 1\n");
        assert_eq!(to("[u]\na = 1\nkey = 1\n", &["t"]), "[u]\na = 1\n\n[t]\nnew = 1\n");
    }

    #[test]
    fn a_table_goes_if_nothing_else_is_in_it() {
        let remove = |text: &str| edited(text, "key", Fix::remove_table);
        assert_eq!(remove("[t]\nkey = 1\n\n[u]\n"), "[u]\n");
        assert_eq!(remove("a = 1\n\n[t]\nkey = 1\n"), "a = 1\n");
    }
}
