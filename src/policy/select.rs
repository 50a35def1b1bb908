//! Follows key patterns through the configuration buildkitd would run with.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::decode::dotted;
use crate::effective::{Effective, Mirror, Provenance, is_localhost, parse_reference, split_port};
use crate::model::{Config, Data, Element, Rows, View};
use crate::policy::pattern::{Facet, Index, Pattern, Step};
use crate::schema::{Key, Kind, Only};
use crate::source::Span;

/// What a pattern leads to.
#[derive(Clone)]
pub struct Subject<'a> {
    /// The dotted path, with the number of an element: `registry."docker.io".mirrors[0]`.
    pub path: String,
    /// Where it stands; if it does not, what it would stand in.
    pub span: Span,
    /// Whether the file or a flag says it.
    pub written: bool,
    /// The value; of a table none.
    pub data: Data,
    node: Node<'a>,
}

#[derive(Clone)]
enum Node<'a> {
    /// A table, with its name in a map; without rows it is not there.
    Table(Option<&'a dyn Rows<'a>>, Kind, Option<&'a str>),
    /// Tables by name, or in an array.
    Tables(&'a dyn crate::model::Growing<'a>, Kind),
    /// An array of strings.
    Strs(&'a [Element<'a>]),
    /// Anything else.
    Leaf,
}

/// Follows patterns.
pub struct Selector<'a> {
    effective: Effective<'a>,
    /// What patterns lead to from the root: many requirements are about the same keys.
    known: RefCell<HashMap<Pattern, Rc<[Subject<'a>]>>>,
}

impl<'a> Selector<'a> {
    /// Through this configuration.
    #[must_use]
    pub fn new(effective: Effective<'a>) -> Self {
        Self { effective, known: RefCell::default() }
    }

    /// What a pattern leads to from the root.
    #[must_use]
    pub fn select(&self, pattern: &Pattern) -> Rc<[Subject<'a>]> {
        if let Some(known) = self.known.borrow().get(pattern) {
            return Rc::clone(known);
        }
        let found: Rc<[_]> = self.follow(&self.root(), pattern).into();
        self.known.borrow_mut().insert(pattern.clone(), Rc::clone(&found));
        found
    }

    /// The whole file.
    fn root(&self) -> Subject<'a> {
        let config: &'a Config<'a> = self.effective.config;
        Subject {
            path: String::new(),
            span: Span::at(0),
            written: true,
            data: Data::Unset,
            node: Node::Table(Some(config), Kind::Table(crate::decode::root_keys()), None),
        }
    }

    /// What a pattern leads to from a subject, in the order of the file. What is not there is
    /// among it unless the pattern asks for all there are.
    #[must_use]
    pub fn follow(&self, from: &Subject<'a>, pattern: &Pattern) -> Vec<Subject<'a>> {
        let mut subjects = vec![from.clone()];
        for step in &pattern.steps {
            subjects = subjects.iter().flat_map(|subject| self.step(subject, step)).collect();
        }
        match pattern.facet {
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
            Node::Strs(_) => Vec::new(),
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
        let worker = match from.path.as_str() {
            "worker.oci" => Only::Oci,
            "worker.containerd" => Only::Containerd,
            _ => Only::Any,
        };
        let wanted = |key: &Key| {
            (key.only == Only::Any || key.only == worker)
                && match step.name.as_str() {
                    "*" if step.bare => !key.kind.keys().is_empty(),
                    "used" if step.bare && from.path == "worker" => self.is_used(key.name),
                    name => key.name == name,
                }
        };
        let found = keys.iter().enumerate().filter(|(_, key)| wanted(key));
        found.map(|(index, key)| self.key(from, rows, index, key)).collect()
    }

    /// Whether builds run on a worker: the first that is there is the default one.
    fn is_used(&self, name: &str) -> bool {
        let workers = &self.effective.config.worker;
        let (oci, containerd) = (workers.oci.enabled.get(), workers.containerd.enabled.get());
        match name {
            "oci" => oci != Some(&false),
            _ => containerd == Some(&true) || (oci == Some(&false) && containerd.is_none()),
        }
    }

    fn key(
        &self,
        from: &Subject<'a>,
        rows: Option<&'a dyn Rows<'a>>,
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
            View::Map(tables) | View::List(tables) => {
                let node = Node::Tables(tables, key.kind);
                Subject { written: tables.count() > 0, ..from.below(key.name, from.span, node) }
            }
            view => {
                let node = match &view {
                    View::Strs(leaf) => Node::Strs(leaf.items()),
                    _ => Node::Leaf,
                };
                let mut subject = from.below(key.name, from.span, node);
                let value = self.effective.value(subject.path.clone(), key, &view);
                subject.written = true;
                match value.from {
                    Provenance::File { value, .. } => subject.span = value,
                    Provenance::Flag(_) => {
                        // The elements in the file are not the ones that count.
                        subject.node = Node::Leaf;
                        subject.span = value.beaten.unwrap_or(subject.span);
                    }
                    Provenance::Default => subject.written = false,
                }
                subject.data = normal(key, value.data);
                subject
            }
        }
    }

    fn facet(&self, mut subject: Subject<'a>, facet: Facet) -> Subject<'a> {
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
                    Facet::Host => {
                        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
                        Some(bare.unwrap_or(host).to_ascii_lowercase())
                    }
                    Facet::Port => port.map(str::to_owned),
                    _ => Some(path.to_owned()).filter(|path| !path.is_empty()),
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
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&dotted([name]));
        Self { path, span, written: true, data: Data::Unset, node }
    }

    /// An element that stands for all of its list.
    #[must_use]
    pub fn of_any(&self) -> Self {
        let list = self.path.rsplit_once('[').map_or(&*self.path, |(list, _)| list);
        Self { path: format!("{list}[any]"), data: Data::Unset, ..self.clone() }
    }

    /// Whether there is nothing of it.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        !self.written
    }

    fn elements(&self, index: Index) -> Vec<Self> {
        let count = match (&self.node, &self.data) {
            (Node::Tables(tables, _), _) => tables.count(),
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
            _ => Kind::Str,
        };
        let node = match kind.keys() {
            [] => Node::Leaf,
            keys => Node::Table(None, Kind::Table(keys), None),
        };
        Self { written: false, data: Data::Unset, node, ..self.clone() }
    }

    fn element(&self, at: usize) -> Option<Self> {
        let path = format!("{}[{at}]", self.path);
        let one = |span, data, node| Self { path, span, written: true, data, node };
        match (&self.node, &self.data) {
            (Node::Tables(tables, kind), _) => {
                let (_, span, rows) = tables.entry(at)?;
                let node = Node::Table(Some(rows), Kind::Table(kind.keys()), None);
                Some(one(span, Data::Unset, node))
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

    /// What a test looks at: the elements of a list one by one, anything else as it is.
    #[must_use]
    pub fn spread(&self) -> Vec<Self> {
        match self.data {
            Data::List(_) => self.elements(Index::Each),
            _ => vec![self.clone()],
        }
    }
}

/// A host without letter case, and without the dot that ends a full name.
fn normal_host(host: &str) -> String {
    let (name, port) = split_port(host);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    port.map_or_else(|| name.clone(), |port| format!("{name}:{port}"))
}

/// A value as it counts, however it is written.
fn normal(key: &Key, data: Data) -> Data {
    let list = |items: Vec<String>, one: &dyn Fn(&str) -> String| {
        Data::List(items.iter().map(|item| one(item)).collect())
    };
    match (key.name, data) {
        ("mirrors", Data::List(items)) => list(items, &|item| {
            let mirror = Mirror::read(item);
            let path = mirror.path.strip_prefix("/v2").unwrap_or(&mirror.path);
            format!("{}{path}", normal_host(&mirror.host))
        }),
        ("allowedRepositories", Data::List(items)) => list(items, &|item| {
            parse_reference(item)
                .map_or_else(|_| item.to_owned(), |read| format!("{}/{}", read.domain, read.path))
        }),
        // Without a scheme it is TCP.
        ("debugAddress", Data::Text(text)) if !text.contains("://") => {
            Data::Text(format!("tcp://{text}"))
        }
        // No limit is more than any.
        ("max-parallelism", Data::Int(number)) if number <= 0 => Data::Int(i64::MAX),
        (_, data) => data,
    }
}
