//! Follows key patterns through the configuration buildkitd would run with.
//!
//! Most of what is looked at passes, so that nothing is written out before something does not: a
//! [`Path`] borrows its names, and what is found is shown to a closure and not listed.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use super::normal;
use crate::decode::dotted;
use crate::effective::gc::{Collection, Limit, Rule};
use crate::effective::{Effective, Provenance, is_localhost, split_port};
use crate::model::{Config, Data, Element, Nanos, Rows, View};
use crate::policy::pattern::{Facet, Index, Pattern, Step};
use crate::schema::{Key, Kind, Only};
use crate::source::Span;

/// What a pattern leads to.
#[derive(Clone)]
pub struct Subject<'a> {
    /// Its dotted path.
    pub path: Path<'a>,
    /// Where it stands; if it does not, what it would stand in.
    pub span: Span,
    /// Whether the file or a flag says it.
    pub written: bool,
    /// The value; of a table none.
    pub data: Data,
    /// The flag that says so.
    pub flag: Option<&'a str>,
    /// The flag by which builds run on the worker that it belongs to.
    pub chosen_by: Option<&'a str>,
    /// The part of the value that is meant, such as `:host`; empty if all of it is.
    pub part: &'static str,
    /// Whether there is a value, but without that part.
    pub is_partless: bool,
    /// What buildkitd does of itself here.
    pub built_in: Option<BuiltIn>,
    node: Node<'a>,
}

/// What buildkitd does where the file has no rules of garbage collection.
#[derive(Clone, Copy)]
pub enum BuiltIn {
    /// It collects nothing.
    Off,
    /// It goes by the rule at this place of so many.
    Rule(usize, usize),
}

/// In words.
impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("garbage collection is off"),
            Self::Rule(at, count) => {
                write!(f, "rule {} of {count} that buildkitd has built in", at + 1)
            }
        }
    }
}

/// A dotted path, with the number of an element: `registry."docker.io".mirrors[0]`.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    parts: [Part<'a>; DEEPEST],
    len: usize,
}

/// Longer than any path to a key and an element of its value.
const DEEPEST: usize = 8;

#[derive(Clone, Copy)]
enum Part<'a> {
    Name(&'a str),
    Element(usize),
    /// Whichever element.
    Any,
    /// What lies below each of them.
    Below(&'a Pattern),
}

impl<'a> Path<'a> {
    const ROOT: Self = Self { parts: [Part::Any; DEEPEST], len: 0 };

    fn parts(&self) -> &[Part<'a>] {
        self.parts.get(..self.len).unwrap_or(&self.parts)
    }

    fn with(mut self, part: Part<'a>) -> Self {
        if let Some(next) = self.parts.get_mut(self.len) {
            *next = part;
            self.len += 1;
        }
        self
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts().iter().enumerate() {
            match part {
                Part::Name(name) if at == 0 => f.write_str(&dotted([name]))?,
                Part::Name(name) => write!(f, ".{}", dotted([name]))?,
                Part::Element(at) => write!(f, "[{at}]")?,
                Part::Any => f.write_str("[any]")?,
                Part::Below(pattern) => pattern.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// Compares with the path of a table whose names need no quotes.
impl PartialEq<str> for Path<'_> {
    fn eq(&self, other: &str) -> bool {
        let mut rest = Some(other);
        for (at, part) in self.parts().iter().enumerate() {
            let Part::Name(name) = part else { return false };
            let dot = if at == 0 { "" } else { "." };
            rest = rest
                .and_then(|rest| rest.strip_prefix(dot))
                .and_then(|rest| rest.strip_prefix(name));
        }
        rest == Some("")
    }
}

#[derive(Clone)]
enum Node<'a> {
    /// A table, with its name in a map; without rows it is not there.
    Table(Option<&'a dyn Rows<'a>>, Kind, Option<&'a str>),
    /// Tables by name, or in an array.
    Tables(&'a dyn crate::model::Growing<'a>, Kind),
    /// The rules of garbage collection that buildkitd has built in, or none if it collects nothing;
    /// and the worker.
    Rules(Rc<[Rule]>, Rc<Subject<'a>>),
    /// One of them.
    Rule(Rc<[Rule]>, usize, Rc<Subject<'a>>),
    /// An array of strings.
    Strs(&'a [Element<'a>]),
    /// Anything else.
    Leaf,
}

/// Is shown what is found.
type See<'f, 'a> = &'f mut dyn FnMut(&Subject<'a>);

/// The rules of garbage collection of a worker that has none of its own in the file.
type BuiltInRules = OnceCell<Option<Rc<[Rule]>>>;

/// Follows patterns.
pub struct Selector<'a> {
    effective: Effective<'a>,
    /// Of the worker for runc, and of the one for containerd.
    rules: [BuiltInRules; 2],
}

impl<'a> Selector<'a> {
    /// Through this configuration.
    #[must_use]
    pub fn new(effective: Effective<'a>) -> Self {
        Self { effective, rules: Default::default() }
    }

    /// The whole file.
    #[must_use]
    pub fn root(&self) -> Subject<'a> {
        let config: &'a Config<'a> = self.effective.config;
        Subject {
            path: Path::ROOT,
            span: Span::at(0),
            written: true,
            data: Data::Unset,
            flag: None,
            chosen_by: None,
            part: "",
            is_partless: false,
            built_in: None,
            node: Node::Table(Some(config), Kind::Table(crate::decode::root_keys()), None),
        }
    }

    /// Shows what a pattern leads to from a subject, in the order of the file. What is not there is
    /// among it unless the pattern asks for all there are.
    pub fn follow(&self, from: &Subject<'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        self.walk(from, &pattern.steps, pattern.facet, see);
    }

    /// Shows the lists of a pattern of which one element has to fit; none if it has no `[any]`.
    pub fn lists(&self, from: &Subject<'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        let Some((before, step, _)) = pattern.at_any() else { return };
        self.walk(from, before, None, &mut |subject| self.named(subject, step, see));
    }

    /// Shows what the rest of the pattern leads to from an element of such a list.
    pub fn behind(&self, element: &Subject<'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        let Some((_, _, after)) = pattern.at_any() else { return };
        self.walk(element, after, pattern.facet, see);
    }

    fn walk(&self, from: &Subject<'a>, steps: &'a [Step], facet: Option<Facet>, see: See<'_, 'a>) {
        match (steps.split_first(), facet) {
            (Some((step, rest)), _) => {
                let mut next = |subject: &Subject<'a>| self.walk(subject, rest, facet, see);
                match step.index {
                    Some(index) => {
                        self.named(from, step, &mut |list| list.elements(index, &mut next));
                    }
                    None => self.named(from, step, &mut next),
                }
            }
            (None, Some(facet)) => see(&self.facet(from, facet)),
            (None, None) => see(from),
        }
    }

    /// What a step leads to, its index aside.
    fn named(&self, from: &Subject<'a>, step: &'a Step, see: See<'_, 'a>) {
        match &from.node {
            Node::Table(rows, kind, _) => self.keys(from, *rows, *kind, step, see),
            Node::Tables(tables, kind) => {
                let any = step.bare && step.name == "*";
                let mut is_missing = !any;
                for (name, span, rows) in (0..tables.count()).filter_map(|at| tables.entry(at)) {
                    if any || name == step.name {
                        is_missing = false;
                        let node = Node::Table(Some(rows), Kind::Table(kind.keys()), Some(name));
                        see(&from.below(name, span, node));
                    }
                }
                if is_missing {
                    let node = Node::Table(None, Kind::Table(kind.keys()), None);
                    let below = from.below(&step.name, from.span, node);
                    see(&Subject { written: false, ..below });
                }
            }
            // A label by name.
            Node::Leaf => {
                let found = match &from.data {
                    Data::Labels(labels) => labels.iter().find(|(name, _)| *name == step.name),
                    _ => None,
                };
                let data = found.map_or(Data::Unset, |(_, text)| Data::Text(text.clone()));
                let label = from.below(&step.name, from.span, Node::Leaf);
                see(&Subject { written: found.is_some(), data, ..label });
            }
            Node::Rule(rules, at, worker) => {
                if let Some(rule) = rules.get(*at) {
                    see(&self.of_rule(from, rule, &step.name, worker));
                }
            }
            Node::Rules(..) | Node::Strs(_) => {}
        }
    }

    /// The keys of a table that a step names.
    fn keys(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        step: &Step,
        see: See<'_, 'a>,
    ) {
        let star = step.bare && step.name == "*";
        let is_workers = (star || step.bare && step.name == "used") && from.path == *"worker";
        let is_used = is_workers && !star;
        for (index, key) in kind.keys().iter().enumerate() {
            let is_wanted = match (is_workers, star) {
                // A worker that is off does nothing.
                (true, true) => self.effective.is_on(key.name),
                (true, false) => self.effective.is_used(key.name),
                (false, true) => !key.kind.keys().is_empty(),
                (false, false) => key.name == step.name,
            };
            if !is_wanted || key.only != Only::Any && key.only != from.worker() {
                continue;
            }
            let mut subject = self.key(from, rows, kind, index, key);
            if is_used {
                subject.chosen_by = self.effective.used_by_flag(key.name);
            }
            see(&subject);
            if !star && !is_used {
                return;
            }
        }
    }

    fn key(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        index: usize,
        key: &'static Key,
    ) -> Subject<'a> {
        let mut subject = from.below(key.name, from.span, Node::Leaf);
        match rows.and_then(|rows| rows.view(index)) {
            None => {
                subject.written = false;
                subject.node = match key.kind {
                    Kind::Table(_) | Kind::Map(_) | Kind::List(_) => {
                        Node::Table(None, key.kind, None)
                    }
                    Kind::Strs => Node::Strs(&[]),
                    _ => Node::Leaf,
                };
            }
            Some(View::Table(places, rows)) => {
                subject.written = !places.is_empty();
                subject.span = places.first().copied().unwrap_or(from.span);
                subject.node = Node::Table(Some(rows), key.kind, None);
            }
            Some(View::Map(tables)) => {
                subject.written = tables.count() > 0;
                subject.node = Node::Tables(tables, key.kind);
            }
            Some(View::List(tables)) => {
                let rules = self.rules_of(from);
                subject.written = tables.count() > 0 && rules.is_none();
                subject.span = tables.entry(0).map_or(from.span, |(_, span, _)| span);
                subject.node = match rules {
                    Some(rules) => Node::Rules(rules, Rc::new(from.clone())),
                    None => Node::Tables(tables, key.kind),
                };
            }
            Some(view) => {
                if let View::Strs(leaf) = &view {
                    subject.node = Node::Strs(leaf.items());
                }
                let (data, by, beaten) = self.effective.look(&from.path, key, &view);
                match by {
                    Provenance::File { value, .. } => subject.span = value,
                    Provenance::Flag(flag) => {
                        // The elements in the file are not the ones that count.
                        subject.node = Node::Leaf;
                        subject.flag = Some(flag);
                        subject.span = beaten.unwrap_or(subject.span);
                    }
                    Provenance::Default => subject.written = false,
                }
                subject.data = normal::value(key, data);
                // No time is the same as none, but where upstream tells them apart.
                if subject.data == Data::Duration(Nanos(0)) && !key.pointer {
                    subject.written = false;
                }
                if !subject.written
                    && let Some(old) = self.old_name(from, rows, kind, key)
                {
                    return old;
                }
            }
        }
        subject
    }

    /// What stands for a key under the name it had before: it counts where the new one is not set.
    fn old_name(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        key: &Key,
    ) -> Option<Subject<'a>> {
        if key.name != "reservedSpace" {
            return None;
        }
        let old = |key: &Key| matches!(key.name, "keepBytes" | "gckeepstorage");
        let at = kind.keys().iter().position(old)?;
        let old = self.key(from, rows, kind, at, kind.keys().get(at)?);
        let workers = &self.effective.config.worker;
        let worker = match from.worker() {
            Only::Oci => Some(("worker.oci", &workers.oci)),
            Only::Containerd => Some(("worker.containerd", &workers.containerd)),
            Only::Any => None,
        };
        // Any limit of a worker turns off the old one.
        let counts = worker.is_none_or(|(name, worker)| {
            let [reserved, ..] = self.effective.limits(name, worker);
            matches!(reserved, Some(Limit::Size(size)) if Data::Size(size) == old.data)
        });
        Some(old).filter(|old| old.written && counts)
    }

    /// The rules of garbage collection of a worker that are not those of the file.
    fn rules_of(&self, worker: &Subject<'a>) -> Option<Rc<[Rule]>> {
        let workers = &self.effective.config.worker;
        let [oci, containerd] = &self.rules;
        let (name, table, known) = match worker.worker() {
            Only::Oci => ("worker.oci", &workers.oci, oci),
            Only::Containerd => ("worker.containerd", &workers.containerd, containerd),
            Only::Any => return None,
        };
        let rules = || match self.effective.collection(name, table) {
            Collection::Off => Some(Rc::default()),
            Collection::Rules(rules) => table.gcpolicy.is_empty().then(|| rules.into()),
        };
        known.get_or_init(rules).clone()
    }

    /// A key of a rule that is built in; a limit stands where the worker's own table has it.
    fn of_rule(
        &self,
        from: &Subject<'a>,
        rule: &Rule,
        name: &'a str,
        worker: &Subject<'a>,
    ) -> Subject<'a> {
        let size = |limit: Option<Limit>| match limit {
            Some(Limit::Size(size)) => Data::Size(size),
            Some(Limit::Detected(words)) => Data::Words(words.to_owned()),
            None => Data::Unset,
        };
        let data = match name {
            "all" => Data::Bool(rule.all),
            "filters" => Data::List(rule.filters.clone()),
            "keepDuration" => Data::Duration(rule.age),
            "reservedSpace" => size(rule.reserved),
            "maxUsedSpace" => size(rule.max),
            "minFreeSpace" => size(rule.free),
            _ => Data::Unset,
        };
        let written = match &data {
            Data::Bool(value) => *value,
            Data::List(items) => !items.is_empty(),
            Data::Duration(age) => age.0 != 0,
            data => *data != Data::Unset,
        };
        let own = match &worker.node {
            Node::Table(rows, kind, _) => {
                let at = kind.keys().iter().position(|key| key.name == name);
                let at = at.and_then(|at| Some((at, kind.keys().get(at)?)));
                at.map(|(at, key)| self.key(worker, *rows, *kind, at, key))
            }
            _ => None,
        };
        let own = own.filter(|own| own.written && own.data == data);
        let mut subject = from.below(name, from.span, Node::Leaf);
        if let Some(own) = own {
            (subject.span, subject.flag) = (own.span, own.flag);
        }
        Subject { written, data, ..subject }
    }

    fn facet(&self, from: &Subject<'a>, facet: Facet) -> Subject<'a> {
        let mut subject = from.like(Data::Unset, from.node.clone());
        (subject.part, subject.written) = (facet.name(), false);
        let text = match (&from.node, &from.data) {
            (Node::Table(_, _, Some(name)), _) => *name,
            (_, Data::Text(text)) => text,
            _ => return subject,
        };
        let part = match (text.split_once("://"), facet) {
            (Some((scheme, _)), Facet::Scheme) => Some(scheme.to_ascii_lowercase()),
            (None, Facet::Scheme) => {
                // A host is asked by what its own table says.
                let host = text.split('/').next().unwrap_or(text);
                let block = self.effective.config.registry.named(host);
                let plain = block.and_then(|block| block.http.get().copied());
                let plain = plain.unwrap_or_else(|| is_localhost(host));
                Some(if plain { "http" } else { "https" }.to_owned())
            }
            (address, facet) => {
                let rest = address.map_or(text, |(_, rest)| rest);
                let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
                let (host, port) = split_port(authority);
                match facet {
                    Facet::Host => Some(normal::host(host)),
                    Facet::Port => port.map(str::to_owned),
                    _ => Some(path.trim_matches('/').to_owned()).filter(|path| !path.is_empty()),
                }
            }
        };
        subject.written = part.is_some();
        subject.is_partless = part.is_none();
        subject.data = part.map_or(Data::Unset, Data::Text);
        subject
    }
}

impl<'a> Subject<'a> {
    /// The same place with something else there.
    fn like(&self, data: Data, node: Node<'a>) -> Self {
        Self { data, node, ..*self }
    }

    fn below(&self, name: &'a str, span: Span, node: Node<'a>) -> Self {
        Self {
            path: self.path.with(Part::Name(name)),
            span,
            written: true,
            data: Data::Unset,
            flag: None,
            part: "",
            is_partless: false,
            node,
            ..*self
        }
    }

    /// What stands for any element of a list; below it for what the pattern leads to.
    #[must_use]
    pub fn of_any(&self, below: Option<&'a Pattern>) -> Self {
        let path = self.path.with(Part::Any);
        let path = below.map_or(path, |pattern| path.with(Part::Below(pattern)));
        Self { path, ..self.clone() }
    }

    /// Which worker's table it is, if one's.
    fn worker(&self) -> Only {
        if self.path == *"worker.oci" {
            Only::Oci
        } else if self.path == *"worker.containerd" {
            Only::Containerd
        } else {
            Only::Any
        }
    }

    /// Whether there is nothing of it.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        !self.written
    }

    /// Shows elements of a list; a first or last one that is not there is one that is missing, and
    /// so is one of none.
    pub fn elements(&self, index: Index, see: See<'_, 'a>) {
        let count = match (&self.node, &self.data) {
            (Node::Tables(tables, _), _) => tables.count(),
            (Node::Rules(rules, _), _) => rules.len(),
            (_, Data::List(items)) => items.len(),
            _ => 0,
        };
        let wanted = match index {
            Index::Each => 0..count,
            Index::Any => 0..count.max(1),
            Index::First => 0..1,
            Index::Last => count.saturating_sub(1)..count.max(1),
        };
        for at in wanted {
            match self.element(at) {
                Some(element) => see(&element),
                None if index == Index::Each => {}
                None => see(&self.none()),
            }
        }
    }

    /// An element that is not there.
    fn none(&self) -> Self {
        let kind = match self.node {
            Node::Tables(_, kind) | Node::Table(_, kind, _) => kind,
            Node::Rules(..) => {
                let none = self.like(Data::Unset, Node::Leaf);
                return Self { written: false, built_in: Some(BuiltIn::Off), ..none };
            }
            _ => Kind::Str,
        };
        let node = match kind.keys() {
            [] => Node::Leaf,
            keys => Node::Table(None, Kind::Table(keys), None),
        };
        Self { written: false, ..self.like(Data::Unset, node) }
    }

    fn element(&self, at: usize) -> Option<Self> {
        let path = self.path.with(Part::Element(at));
        let one = |span, data, node| Self { path, span, written: true, ..self.like(data, node) };
        match (&self.node, &self.data) {
            (Node::Tables(tables, kind), _) => {
                let (_, span, rows) = tables.entry(at)?;
                let node = Node::Table(Some(rows), Kind::Table(kind.keys()), None);
                Some(one(span, Data::Unset, node))
            }
            (Node::Rules(rules, worker), _) => {
                rules.get(at)?;
                let node = Node::Rule(Rc::clone(rules), at, Rc::clone(worker));
                let built_in = Some(BuiltIn::Rule(at, rules.len()));
                Some(Self { built_in, ..one(self.span, Data::Unset, node) })
            }
            (Node::Strs(items), Data::List(texts)) => {
                let span = items.get(at).map_or(self.span, |item| item.span);
                Some(one(span, Data::Text(texts.get(at)?.clone()), Node::Leaf))
            }
            (_, Data::List(texts)) => {
                Some(one(self.span, Data::Text(texts.get(at)?.clone()), Node::Leaf))
            }
            _ => None,
        }
    }
}
