//! Follows key patterns through the configuration buildkitd would run with.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::normal;
use crate::decode::push_part;
use crate::effective::gc::{Collection, Limit, Rule};
use crate::effective::{Effective, Provenance, is_localhost, split_port};
use crate::model::{Config, Data, Element, Nanos, Rows, View};
use crate::policy::pattern::{Facet, Index, Pattern, Step};
use crate::schema::{Key, Kind, Only};
use crate::source::Span;

/// What a pattern leads to.
#[derive(Clone)]
pub struct Subject<'a> {
    /// The dotted path, with the number of an element: `registry."docker.io".mirrors[0]`.
    pub path: Rc<str>,
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
    /// What buildkitd does of itself here, in words.
    pub built_in: Option<Rc<str>>,
    node: Node<'a>,
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

/// Elements of which one has to fit.
pub struct Choice<'a> {
    /// What stands for any of them.
    pub list: Subject<'a>,
    /// For each what a pattern leads to from there.
    pub of: Vec<Vec<Subject<'a>>>,
}

/// Follows patterns.
pub struct Selector<'a> {
    effective: Effective<'a>,
    /// What patterns lead to from the root, by number: many requirements are about the same keys.
    known: RefCell<HashMap<usize, Rc<[Subject<'a>]>>>,
}

impl<'a> Selector<'a> {
    /// Through this configuration.
    #[must_use]
    pub fn new(effective: Effective<'a>) -> Self {
        Self { effective, known: RefCell::default() }
    }

    /// What a pattern of that number leads to from the root.
    #[must_use]
    pub fn select(&self, number: usize, pattern: &Pattern) -> Rc<[Subject<'a>]> {
        if let Some(known) = self.known.borrow().get(&number) {
            return Rc::clone(known);
        }
        let found: Rc<[_]> = self.follow(&self.root(), pattern).into();
        self.known.borrow_mut().insert(number, Rc::clone(&found));
        found
    }

    /// The whole file.
    #[must_use]
    pub fn root(&self) -> Subject<'a> {
        let config: &'a Config<'a> = self.effective.config;
        Subject {
            path: "".into(),
            span: Span::at(0),
            written: true,
            data: Data::Unset,
            flag: None,
            chosen_by: None,
            part: "",
            built_in: None,
            node: Node::Table(Some(config), Kind::Table(crate::decode::root_keys()), None),
        }
    }

    /// What a pattern leads to from a subject, in the order of the file. What is not there is
    /// among it unless the pattern asks for all there are.
    #[must_use]
    pub fn follow(&self, from: &Subject<'a>, pattern: &Pattern) -> Vec<Subject<'a>> {
        self.walk(from, &pattern.steps, pattern.facet)
    }

    /// The lists of which one element has to fit, each with what the pattern leads to from its
    /// elements; of one without elements from what is not there. None if it has no `[any]`.
    #[must_use]
    pub fn choices(&self, from: &Subject<'a>, pattern: &Pattern) -> Option<Vec<Choice<'a>>> {
        let (before, step, after) = pattern.at_any()?;
        let list = Step { index: None, ..step.clone() };
        let lists = self.walk(from, before, None);
        let lists = lists.iter().flat_map(|subject| self.step(subject, &list));
        let choices = lists.map(|list| {
            let mut elements = list.elements(Index::Each);
            if elements.is_empty() {
                elements.push(list.none());
            }
            let follow = |element: &Subject<'a>| self.walk(element, after, pattern.facet);
            Choice { of: elements.iter().map(follow).collect(), list: list.of_any() }
        });
        Some(choices.collect())
    }

    fn walk(&self, from: &Subject<'a>, steps: &[Step], facet: Option<Facet>) -> Vec<Subject<'a>> {
        let mut subjects = match steps.first() {
            Some(step) => self.step(from, step),
            None => vec![from.clone()],
        };
        for step in steps.iter().skip(1) {
            subjects = match subjects.as_slice() {
                [one] => self.step(one, step),
                all => all.iter().flat_map(|subject| self.step(subject, step)).collect(),
            };
        }
        match facet {
            Some(facet) => subjects.into_iter().map(|subject| self.facet(subject, facet)).collect(),
            None => subjects,
        }
    }

    fn step(&self, from: &Subject<'a>, step: &Step) -> Vec<Subject<'a>> {
        let named = match &from.node {
            Node::Table(rows, kind, _) => self.keys(from, *rows, *kind, step),
            Node::Tables(tables, kind) => {
                let any = step.bare && step.name == "*";
                let all = (0..tables.count()).filter_map(|at| tables.entry(at));
                let mut found: Vec<_> = all
                    .filter(|(name, ..)| any || *name == step.name)
                    .map(|(name, span, rows)| {
                        let node = Node::Table(Some(rows), Kind::Table(kind.keys()), Some(name));
                        from.below(name, span, node)
                    })
                    .collect();
                if found.is_empty() && !any {
                    let node = Node::Table(None, Kind::Table(kind.keys()), None);
                    found.push(Subject {
                        written: false,
                        ..from.below(&step.name, from.span, node)
                    });
                }
                found
            }
            // A label by name.
            Node::Leaf => {
                let found = match &from.data {
                    Data::Labels(labels) => labels.iter().find(|(name, _)| *name == step.name),
                    _ => None,
                };
                let data = found.map_or(Data::Unset, |(_, text)| Data::Text(text.clone()));
                let label = from.below(&step.name, from.span, Node::Leaf);
                vec![Subject { written: found.is_some(), data, ..label }]
            }
            Node::Rule(rules, at, worker) => rules
                .get(*at)
                .map(|rule| self.of_rule(from, rule, &step.name, worker))
                .into_iter()
                .collect(),
            Node::Rules(..) | Node::Strs(_) => Vec::new(),
        };
        match step.index {
            Some(index) => named.iter().flat_map(|subject| subject.elements(index)).collect(),
            None => named,
        }
    }

    /// The keys of a table that a step names.
    fn keys(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        step: &Step,
    ) -> Vec<Subject<'a>> {
        let keys = kind.keys();
        let worker = match &*from.path {
            "worker.oci" => Only::Oci,
            "worker.containerd" => Only::Containerd,
            _ => Only::Any,
        };
        let is_workers = &*from.path == "worker";
        let wanted = |key: &Key| {
            (key.only == Only::Any || key.only == worker)
                && match step.name.as_str() {
                    // A worker that is off does nothing.
                    "*" if step.bare && is_workers => self.effective.is_on(key.name),
                    "*" if step.bare => !key.kind.keys().is_empty(),
                    "used" if step.bare && is_workers => self.effective.is_used(key.name),
                    name => key.name == name,
                }
        };
        let found = keys.iter().enumerate().filter(|(_, key)| wanted(key));
        let found = found.map(|(index, key)| {
            let mut subject = self.key(from, rows, kind, index, key);
            if step.bare && step.name == "used" && is_workers {
                subject.chosen_by = self.effective.used_by_flag(key.name);
            }
            subject
        });
        found.collect()
    }

    fn key(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        index: usize,
        key: &'static Key,
    ) -> Subject<'a> {
        let Some(view) = rows.and_then(|rows| rows.view(index)) else {
            let node = match key.kind {
                Kind::Table(_) | Kind::Map(_) | Kind::List(_) => Node::Table(None, key.kind, None),
                Kind::Strs => Node::Strs(&[]),
                _ => Node::Leaf,
            };
            return Subject { written: false, ..from.below(key.name, from.span, node) };
        };
        match view {
            View::Table(places, rows) => {
                let span = places.first().copied();
                let node = Node::Table(Some(rows), key.kind, None);
                let below = from.below(key.name, span.unwrap_or(from.span), node);
                Subject { written: span.is_some(), ..below }
            }
            View::Map(tables) => {
                let node = Node::Tables(tables, key.kind);
                Subject { written: tables.count() > 0, ..from.below(key.name, from.span, node) }
            }
            View::List(tables) => {
                let first = tables.entry(0).map_or(from.span, |(_, span, _)| span);
                match self.rules_of(from) {
                    Some(rules) => {
                        let node = Node::Rules(rules.into(), Rc::new(from.clone()));
                        Subject { written: false, ..from.below(key.name, first, node) }
                    }
                    None => {
                        let node = Node::Tables(tables, key.kind);
                        Subject { written: tables.count() > 0, ..from.below(key.name, first, node) }
                    }
                }
            }
            view => {
                let node = match &view {
                    View::Strs(leaf) => Node::Strs(leaf.items()),
                    _ => Node::Leaf,
                };
                let mut subject = from.below(key.name, from.span, node);
                let (data, by, beaten) = self.effective.look(&subject.path, key, &view);
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
                if subject.written {
                    subject
                } else {
                    self.old_name(from, rows, kind, key).unwrap_or(subject)
                }
            }
        }
    }

    /// What stands for a key under the name it had before: it counts where the new one is not set.
    fn old_name(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
        kind: Kind,
        key: &Key,
    ) -> Option<Subject<'a>> {
        let old = |key: &&Key| matches!(key.name, "keepBytes" | "gckeepstorage");
        let at =
            kind.keys().iter().position(|key| old(&key)).filter(|_| key.name == "reservedSpace")?;
        let old = self.key(from, rows, kind, at, kind.keys().get(at)?);
        let worker = match &*from.path {
            "worker.oci" => Some(&self.effective.config.worker.oci),
            "worker.containerd" => Some(&self.effective.config.worker.containerd),
            _ => None,
        };
        // Any limit of a worker turns off the old one.
        let counts = worker.is_none_or(|worker| {
            let [reserved, ..] = self.effective.limits(&from.path, worker);
            matches!(reserved, Some(Limit::Size(size)) if Data::Size(size) == old.data)
        });
        Some(old).filter(|old| old.written && counts)
    }

    /// The rules of garbage collection of a worker that are not those of the file.
    fn rules_of(&self, worker: &Subject<'a>) -> Option<Vec<Rule>> {
        let workers = &self.effective.config.worker;
        let table = match &*worker.path {
            "worker.oci" => &workers.oci,
            "worker.containerd" => &workers.containerd,
            _ => return None,
        };
        match self.effective.collection(&worker.path, table) {
            Collection::Off => Some(Vec::new()),
            Collection::Rules(rules) => table.gcpolicy.is_empty().then_some(rules),
        }
    }

    /// A key of a rule that is built in; a limit stands where the worker's own table has it.
    fn of_rule(
        &self,
        from: &Subject<'a>,
        rule: &Rule,
        name: &str,
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
        let step = Step { name: name.to_owned(), bare: false, index: None };
        let own = self.step(worker, &step).into_iter().next();
        let own = own.filter(|own| own.written && own.data == data);
        let mut subject = from.below(name, from.span, Node::Leaf);
        if let Some(own) = own {
            (subject.span, subject.flag) = (own.span, own.flag);
        }
        Subject { written, data, ..subject }
    }

    fn facet(&self, mut subject: Subject<'a>, facet: Facet) -> Subject<'a> {
        subject.part = facet.name();
        let text = match (&subject.node, &subject.data) {
            (Node::Table(_, _, Some(name)), _) => (*name).to_owned(),
            (_, Data::Text(text)) => text.clone(),
            _ => return Subject { data: Data::Unset, written: false, ..subject },
        };
        let part = match (text.split_once("://"), facet) {
            (Some((scheme, _)), Facet::Scheme) => Some(scheme.to_ascii_lowercase()),
            (None, Facet::Scheme) => {
                // A host is asked by what its own table says.
                let host = text.split('/').next().unwrap_or(&text);
                let block = self.effective.config.registry.named(host);
                let plain = block.and_then(|block| block.http.get().copied());
                let plain = plain.unwrap_or_else(|| is_localhost(host));
                Some(if plain { "http" } else { "https" }.to_owned())
            }
            (address, facet) => {
                let rest = address.map_or(&*text, |(_, rest)| rest);
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
        subject.data = part.map_or(Data::Unset, Data::Text);
        subject
    }
}

impl<'a> Subject<'a> {
    fn below(&self, name: &str, span: Span, node: Node<'a>) -> Self {
        let mut path = String::with_capacity(self.path.len() + name.len() + 3);
        path.push_str(&self.path);
        push_part(&mut path, name);
        Self {
            path: path.into(),
            span,
            written: true,
            data: Data::Unset,
            flag: None,
            chosen_by: self.chosen_by,
            part: "",
            built_in: self.built_in.clone(),
            node,
        }
    }

    /// What stands for any element of a list.
    fn of_any(&self) -> Self {
        Self { path: format!("{}[any]", self.path).into(), ..self.clone() }
    }

    /// Whether there is nothing of it.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        !self.written
    }

    /// Elements of a list; a first or last one that is not there is one that is missing.
    #[must_use]
    pub fn elements(&self, index: Index) -> Vec<Self> {
        let count = match (&self.node, &self.data) {
            (Node::Tables(tables, _), _) => tables.count(),
            (Node::Rules(rules, _), _) => rules.len(),
            (_, Data::List(items)) => items.len(),
            _ => 0,
        };
        let one = |at: usize| self.element(at);
        match index {
            Index::Each | Index::Any => (0..count).filter_map(one).collect(),
            Index::First | Index::Last => {
                let at = if index == Index::First { 0 } else { count.saturating_sub(1) };
                vec![self.element(at).unwrap_or_else(|| self.none())]
            }
        }
    }

    /// An element that is not there.
    fn none(&self) -> Self {
        let kind = match self.node {
            Node::Tables(_, kind) | Node::Table(_, kind, _) => kind,
            Node::Rules(..) => {
                let built_in = Some("garbage collection is off".into());
                let (written, data, node) = (false, Data::Unset, Node::Leaf);
                return Self { written, data, built_in, node, ..self.clone() };
            }
            _ => Kind::Str,
        };
        let node = match kind.keys() {
            [] => Node::Leaf,
            keys => Node::Table(None, Kind::Table(keys), None),
        };
        Self { written: false, data: Data::Unset, node, ..self.clone() }
    }

    fn element(&self, at: usize) -> Option<Self> {
        let path = format!("{}[{at}]", self.path).into();
        let one = |span, data, node| Self { path, span, written: true, data, node, ..self.clone() };
        match (&self.node, &self.data) {
            (Node::Tables(tables, kind), _) => {
                let (_, span, rows) = tables.entry(at)?;
                let node = Node::Table(Some(rows), Kind::Table(kind.keys()), None);
                Some(one(span, Data::Unset, node))
            }
            (Node::Rules(rules, worker), _) => {
                rules.get(at)?;
                let node = Node::Rule(Rc::clone(rules), at, Rc::clone(worker));
                let words =
                    format!("rule {} of {} that buildkitd has built in", at + 1, rules.len());
                Some(Self { built_in: Some(words.into()), ..one(self.span, Data::Unset, node) })
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
