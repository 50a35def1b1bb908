//! Follows key patterns through the configuration buildkitd would run with.
//!
//! Most of what is looked at passes, so that nothing is written out before something does not: a
//! [`Subject`] borrows what it was reached from, and what is found is shown to a closure and not
//! listed. A [`Place`] is what stays of it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write as _};

use super::normal;
use crate::decode::push_part;
use crate::effective::gc::{Collection, Limit, Rule};
use crate::effective::{Effective, Provenance, is_localhost, split_port};
use crate::model::{Config, Data, Element, Growing, Labels, Nanos, Rows, View};
use crate::policy::pattern::{Facet, Index, Pattern, Step};
use crate::schema::{Key, Kind, Only};
use crate::source::Span;

/// What a pattern leads to.
pub struct Subject<'p, 'a> {
    /// What it was reached from; of the whole file nothing.
    above: Option<&'p Self>,
    /// How it was reached from there.
    by: By<'a>,
    /// Where it stands; if it does not, what it would stand in.
    pub span: Span,
    /// Whether the file or a flag says it.
    pub written: bool,
    /// The value; of a table none.
    pub data: Data<'p>,
    /// The flag that says so.
    flag: Option<&'a str>,
    /// The flag by which builds run on the worker that it is.
    chosen_by: Option<&'a str>,
    /// The part of the value that is meant, if not all of it is.
    facet: Option<Facet>,
    /// Whether there is a value, but without that part.
    is_partless: bool,
    /// What buildkitd does of itself here.
    built_in: Option<BuiltIn>,
    node: Node<'p, 'a>,
}

#[derive(Clone, Copy)]
enum By<'a> {
    Name(&'a str),
    Element(usize),
    /// Whichever element.
    Any,
    /// The same place, seen in another way.
    Itself,
}

/// A place that a finding is about.
#[derive(Clone)]
pub struct Place<'a> {
    /// Its dotted path, with the number of an element: `registry."docker.io".mirrors[0]`.
    pub path: String,
    /// The part of the value that is meant, such as `:host`; empty if all of it is.
    pub part: &'static str,
    /// Where it stands; if it does not, what it would stand in.
    pub span: Span,
    /// Whether neither the file nor a flag says it.
    pub is_missing: bool,
    /// Whether there is a value, but without that part.
    pub is_partless: bool,
    /// The value; of a table none.
    pub data: Data<'static>,
    /// The flag that says so.
    pub flag: Option<&'a str>,
    /// The flag by which builds run on the worker that it belongs to.
    pub chosen_by: Option<&'a str>,
    /// What buildkitd does of itself here.
    pub built_in: Option<BuiltIn>,
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

/// The dotted path of a subject.
struct Path<'s, 'p, 'a>(&'s Subject<'p, 'a>);

impl fmt::Display for Path<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.path())
    }
}

/// Compares with the path of a table whose names need no quotes.
impl PartialEq<str> for Path<'_, '_, '_> {
    fn eq(&self, other: &str) -> bool {
        let Some(above) = self.0.above else { return other.is_empty() };
        match self.0.by {
            By::Name(name) => other.strip_suffix(name).is_some_and(|rest| {
                if above.is_root() {
                    rest.is_empty()
                } else {
                    rest.strip_suffix('.').is_some_and(|rest| Path(above) == *rest)
                }
            }),
            By::Element(_) | By::Any => false,
            By::Itself => Path(above) == *other,
        }
    }
}

enum Node<'p, 'a> {
    /// A table; without rows it is not there.
    Table(Option<&'a dyn Rows<'a>>, &'static [Key]),
    /// Tables by name, or in an array.
    Tables(&'a dyn Growing<'a>, &'static [Key]),
    /// The rules of garbage collection that buildkitd has built in for the worker above; none if it
    /// collects nothing.
    Rules(&'p [Rule<'a>]),
    /// One of them.
    Rule(&'p Rule<'a>),
    /// An array of strings.
    Strs(&'a [Element<'a>]),
    /// A table of strings.
    Labels(&'a Labels<'a>),
    /// Anything else.
    Leaf,
}

/// Is shown what is found.
type See<'f, 'a> = &'f mut dyn FnMut(&Subject<'_, 'a>);

/// The rules of garbage collection of a worker that has none of its own in the file.
type BuiltInRules<'a> = OnceCell<Option<Vec<Rule<'a>>>>;

/// Follows patterns.
pub struct Selector<'a> {
    pub(super) effective: Effective<'a>,
    /// Of the worker for runc, and of the one for containerd.
    rules: [BuiltInRules<'a>; 2],
}

impl<'a> Selector<'a> {
    /// Through this configuration.
    #[must_use]
    pub fn new(effective: Effective<'a>) -> Self {
        Self { effective, rules: Default::default() }
    }

    /// The whole file.
    #[must_use]
    pub fn root(&self) -> Subject<'_, 'a> {
        let config: &'a Config<'a> = self.effective.config;
        Subject {
            above: None,
            by: By::Itself,
            span: Span::at(0),
            written: true,
            data: Data::Unset,
            flag: None,
            chosen_by: None,
            facet: None,
            is_partless: false,
            built_in: None,
            node: Node::Table(Some(config), crate::decode::root_keys()),
        }
    }

    /// Shows what a pattern leads to from a subject, in the order of the file. What is not there is
    /// among it unless the pattern asks for all there are.
    pub fn follow(&self, from: &Subject<'_, 'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        self.walk(from, &pattern.steps, pattern.facet, see);
    }

    /// Shows the lists of a pattern of which one element has to fit; none if it has no `[any]`.
    pub fn lists(&self, from: &Subject<'_, 'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        let Some((before, step, _)) = pattern.at_any() else { return };
        self.walk(from, before, None, &mut |subject| self.named(subject, step, see));
    }

    /// Shows what the rest of the pattern leads to from an element of such a list.
    pub fn behind(&self, element: &Subject<'_, 'a>, pattern: &'a Pattern, see: See<'_, 'a>) {
        let Some((_, _, after)) = pattern.at_any() else { return };
        self.walk(element, after, pattern.facet, see);
    }

    fn walk(
        &self,
        from: &Subject<'_, 'a>,
        steps: &'a [Step],
        facet: Option<Facet>,
        see: See<'_, 'a>,
    ) {
        match (steps.split_first(), facet) {
            (Some((step, rest)), _) => {
                let mut next = |subject: &Subject<'_, 'a>| self.walk(subject, rest, facet, see);
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
    fn named(&self, from: &Subject<'_, 'a>, step: &'a Step, see: See<'_, 'a>) {
        match &from.node {
            Node::Table(rows, keys) => self.keys(from, *rows, keys, step, see),
            Node::Tables(tables, keys) => {
                let any = step.bare && step.name == "*";
                let mut is_missing = !any;
                for (name, span, rows) in (0..tables.count()).filter_map(|at| tables.entry(at)) {
                    if any || name == step.name {
                        is_missing = false;
                        see(&from.below(name, span, Node::Table(Some(rows), keys)));
                    }
                }
                if is_missing {
                    let below = from.below(&step.name, from.span, Node::Table(None, keys));
                    see(&Subject { written: false, ..below });
                }
            }
            // A label by name.
            Node::Leaf | Node::Labels(_) => {
                let found = match &from.data {
                    Data::Labels(labels) => labels.iter().find(|(name, _)| *name == step.name),
                    _ => None,
                };
                let data =
                    found.map_or(Data::Unset, |(_, text)| Data::Text(Cow::Borrowed(&**text)));
                let field = match from.node {
                    Node::Labels(labels) => {
                        let mut entries = labels.entries.iter();
                        entries.find(|one| one.name == step.name).and_then(|one| one.value.field())
                    }
                    _ => None,
                };
                let span = field.map_or(from.span, |field| field.span);
                let label = from.below(&step.name, span, Node::Leaf);
                see(&Subject { written: found.is_some(), data, ..label });
            }
            Node::Rule(rule) => see(&self.of_rule(from, rule, &step.name)),
            Node::Rules(_) | Node::Strs(_) => {}
        }
    }

    /// The keys of a table that a step names.
    fn keys(
        &self,
        from: &Subject<'_, 'a>,
        rows: Option<&'a dyn Rows<'a>>,
        keys: &'static [Key],
        step: &Step,
        see: See<'_, 'a>,
    ) {
        let stands = |key: &Key| key.only == Only::Any || key.only == from.worker();
        let is_it = |at: &usize| keys.get(*at).is_some_and(|key| key.name == step.name);
        // Of the tables that `*` stands for, some may have other keys.
        let at = step.at.filter(is_it);
        let at = at.or_else(|| keys.iter().position(|key| key.name == step.name));
        if let Some((at, key)) = at.and_then(|at| Some((at, keys.get(at)?))) {
            if stands(key) {
                see(&self.key(from, rows, keys, at, key));
            }
            return;
        }
        let is_used = step.name == "used";
        if !step.bare || !is_used && step.name != "*" {
            return;
        }
        let is_worker = Path(from) == *"worker";
        for (at, key) in keys.iter().enumerate() {
            let is_wanted = match (is_worker, is_used) {
                // A worker that is off does nothing.
                (true, false) => self.effective.is_on(key.name),
                (true, true) => self.effective.is_used(key.name),
                (false, _) => !key.kind.keys().is_empty(),
            };
            if is_wanted && stands(key) {
                let mut subject = self.key(from, rows, keys, at, key);
                if is_used {
                    subject.chosen_by = self.effective.used_by_flag(key.name);
                }
                see(&subject);
            }
        }
    }

    fn key<'p>(
        &'p self,
        from: &'p Subject<'p, 'a>,
        rows: Option<&'a dyn Rows<'a>>,
        keys: &'static [Key],
        index: usize,
        key: &'static Key,
    ) -> Subject<'p, 'a> {
        let mut subject = from.below(key.name, from.span, Node::Leaf);
        match rows.and_then(|rows| rows.view(index)) {
            None => {
                subject.written = false;
                subject.node = match key.kind {
                    Kind::Table(keys) | Kind::Map(keys) | Kind::List(keys) => {
                        Node::Table(None, keys)
                    }
                    Kind::Strs => Node::Strs(&[]),
                    _ => Node::Leaf,
                };
            }
            Some(View::Table(places, rows)) => {
                subject.written = !places.is_empty();
                subject.span = places.first().copied().unwrap_or(from.span);
                subject.node = Node::Table(Some(rows), key.kind.keys());
            }
            Some(View::Map(tables)) => {
                subject.written = tables.count() > 0;
                subject.node = Node::Tables(tables, key.kind.keys());
            }
            Some(View::List(tables)) => {
                let rules = self.rules_of(from);
                subject.written = tables.count() > 0 && rules.is_none();
                subject.span = tables.entry(0).map_or(from.span, |(_, span, _)| span);
                subject.node = match rules {
                    Some(rules) => Node::Rules(rules),
                    None => Node::Tables(tables, key.kind.keys()),
                };
            }
            Some(view) => {
                match view {
                    View::Strs(leaf) => subject.node = Node::Strs(leaf.items()),
                    View::Labels(labels) => subject.node = Node::Labels(labels),
                    _ => {}
                }
                let (mut data, by, beaten) = self.effective.look(&Path(from), key, &view);
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
                // What the table lacks is missing at its header.
                if let Node::Labels(labels) = subject.node {
                    subject.span = labels.places.first().copied().unwrap_or(from.span);
                }
                normal::value(key, &mut data);
                subject.data = data;
                // No time is the same as none, but where upstream tells them apart.
                if subject.data == Data::Duration(Nanos(0)) && !key.pointer {
                    subject.written = false;
                }
                if !subject.written
                    && let Some(old) = self.old_name(from, rows, keys, key)
                {
                    return old;
                }
            }
        }
        subject
    }

    /// What stands for a key under the name it had before: it counts where the new one is not set.
    fn old_name<'p>(
        &'p self,
        from: &'p Subject<'p, 'a>,
        rows: Option<&'a dyn Rows<'a>>,
        keys: &'static [Key],
        key: &Key,
    ) -> Option<Subject<'p, 'a>> {
        if key.name != "reservedSpace" {
            return None;
        }
        let old = |key: &Key| matches!(key.name, "keepBytes" | "gckeepstorage");
        let at = keys.iter().position(old)?;
        let old = self.key(from, rows, keys, at, keys.get(at)?);
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
    fn rules_of(&self, worker: &Subject<'_, 'a>) -> Option<&[Rule<'a>]> {
        let workers = &self.effective.config.worker;
        let [oci, containerd] = &self.rules;
        let (name, table, known) = match worker.worker() {
            Only::Oci => ("worker.oci", &workers.oci, oci),
            Only::Containerd => ("worker.containerd", &workers.containerd, containerd),
            Only::Any => return None,
        };
        let rules = || match self.effective.collection(name, table) {
            Collection::Off => Some(Vec::new()),
            Collection::Rules(rules) => table.gcpolicy.is_empty().then_some(rules),
        };
        known.get_or_init(rules).as_deref()
    }

    /// A key of a rule that is built in; a limit stands where the worker's own table has it.
    fn of_rule<'p>(
        &'p self,
        from: &'p Subject<'p, 'a>,
        rule: &'p Rule<'a>,
        name: &'a str,
    ) -> Subject<'p, 'a> {
        let size = |limit: Option<Limit>| match limit {
            Some(Limit::Size(size)) => Data::Size(size),
            Some(Limit::Detected(words)) => Data::Words(words.into()),
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
        let worker = from.above.and_then(|rules| rules.above);
        let own = worker.and_then(|worker| match worker.node {
            Node::Table(rows, keys) => {
                let at = keys.iter().position(|key| key.name == name)?;
                Some(self.key(worker, rows, keys, at, keys.get(at)?))
            }
            _ => None,
        });
        let own = own.filter(|own| own.written && own.data == data);
        let mut subject = from.below(name, from.span, Node::Leaf);
        if let Some(own) = own {
            (subject.span, subject.flag) = (own.span, own.flag);
        }
        Subject { written, data, ..subject }
    }

    /// How a host is asked, which its own table says.
    fn scheme<'p>(&self, text: &'p str) -> Cow<'p, str> {
        if let Some((scheme, _)) = text.split_once("://") {
            return scheme.to_ascii_lowercase().into();
        }
        let host = text.split('/').next().unwrap_or(text);
        let block = self.effective.config.registry.named(host);
        let plain = block.and_then(|block| block.http.get().copied());
        let plain = plain.unwrap_or_else(|| is_localhost(host));
        if plain { "http" } else { "https" }.into()
    }

    fn facet<'p>(&self, from: &'p Subject<'p, 'a>, facet: Facet) -> Subject<'p, 'a> {
        let mut subject = from.itself(Node::Leaf);
        (subject.facet, subject.written) = (Some(facet), false);
        let is_named = || matches!(from.above, Some(Subject { node: Node::Tables(..), .. }));
        let text = match (&from.node, from.by, &from.data) {
            (Node::Table(Some(_), _), By::Name(name), _) if is_named() => name,
            (_, _, Data::Text(text)) => text,
            _ => return subject,
        };
        let part = match facet {
            _ if from.is_listener() => part_of_listener(text, facet),
            Facet::Scheme => Some(self.scheme(text)),
            facet => part_of_host(text.split_once("://").map_or(text, |(_, rest)| rest), facet),
        };
        (subject.written, subject.is_partless) = (part.is_some(), part.is_none());
        subject.data = part.map_or(Data::Unset, Data::Text);
        subject
    }
}

/// A part of an address to listen at; one without a scheme, at which buildkitd does not start, has
/// none.
fn part_of_listener(text: &str, facet: Facet) -> Option<Cow<'_, str>> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    match facet {
        Facet::Scheme => Some(scheme.into()),
        facet if scheme == "tcp" => part_of_host(rest, facet),
        Facet::Path => path_part(rest),
        Facet::Host | Facet::Port => None,
    }
}

/// A part of `host:port/path`.
fn part_of_host(text: &str, facet: Facet) -> Option<Cow<'_, str>> {
    let (authority, path) = text.split_once('/').unwrap_or((text, ""));
    let (host, port) = split_port(authority);
    match facet {
        Facet::Host => Some(normal::host(host)),
        Facet::Port => port.map(Cow::Borrowed),
        Facet::Path => path_part(path),
        Facet::Scheme => None,
    }
}

/// A path without the slashes around it.
fn path_part(path: &str) -> Option<Cow<'_, str>> {
    Some(path.trim_matches('/')).filter(|path| !path.is_empty()).map(Cow::Borrowed)
}

impl<'a> Subject<'_, 'a> {
    /// Whether it is an address that the daemon listens at.
    fn is_listener(&self) -> bool {
        match self.by {
            By::Element(_) => self.above.is_some_and(|list| Path(list) == *"grpc.address"),
            _ => Path(self) == *"grpc.debugAddress",
        }
    }

    const fn is_root(&self) -> bool {
        self.above.is_none()
    }

    fn path(&self) -> String {
        // No deeper than the schema.
        let Some(above) = self.above else { return String::new() };
        let mut path = above.path();
        match self.by {
            By::Name(name) => push_part(&mut path, name),
            By::Element(at) => drop(write!(path, "[{at}]")),
            By::Any => path += "[any]",
            By::Itself => {}
        }
        path
    }

    /// What is reached from here.
    fn under<'s>(&'s self, by: By<'a>, span: Span, node: Node<'s, 'a>) -> Subject<'s, 'a> {
        Subject {
            above: Some(self),
            by,
            span,
            written: true,
            data: Data::Unset,
            flag: None,
            chosen_by: None,
            facet: None,
            is_partless: false,
            built_in: None,
            node,
        }
    }

    fn below<'s>(&'s self, name: &'a str, span: Span, node: Node<'s, 'a>) -> Subject<'s, 'a> {
        self.under(By::Name(name), span, node)
    }

    /// The same place with something else there.
    fn itself<'s>(&'s self, node: Node<'s, 'a>) -> Subject<'s, 'a> {
        Subject {
            written: self.written,
            flag: self.flag,
            ..self.under(By::Itself, self.span, node)
        }
    }

    /// What stays of it.
    #[must_use]
    pub fn place(&self) -> Place<'a> {
        let mut all = std::iter::successors(Some(self), |one| one.above);
        Place {
            path: self.path(),
            part: self.facet.map_or("", Facet::name),
            span: self.span,
            is_missing: !self.written,
            is_partless: self.is_partless,
            data: self.data.owned(),
            flag: self.flag,
            chosen_by: all.clone().find_map(|one| one.chosen_by),
            built_in: all.find_map(|one| one.built_in),
        }
    }

    /// What stands for any element of a list.
    #[must_use]
    pub fn any(&self) -> Subject<'_, 'a> {
        Subject { by: By::Any, data: self.data.clone(), ..self.itself(Node::Leaf) }
    }

    /// Which worker's table it is, if one's.
    fn worker(&self) -> Only {
        match self.by {
            By::Name("oci") if Path(self) == *"worker.oci" => Only::Oci,
            By::Name("containerd") if Path(self) == *"worker.containerd" => Only::Containerd,
            _ => Only::Any,
        }
    }

    /// Shows elements of a list; a first or last one that is not there is one that is missing, and
    /// so is one of none.
    pub fn elements(&self, index: Index, see: See<'_, 'a>) {
        let count = match (&self.node, &self.data) {
            (Node::Tables(tables, _), _) => tables.count(),
            (Node::Rules(rules), _) => rules.len(),
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
    fn none(&self) -> Subject<'_, 'a> {
        let (node, built_in) = match self.node {
            Node::Tables(_, keys) | Node::Table(_, keys) => (Node::Table(None, keys), None),
            Node::Rules(_) => (Node::Leaf, Some(BuiltIn::Off)),
            _ => (Node::Leaf, None),
        };
        Subject { written: false, built_in, ..self.itself(node) }
    }

    fn element(&self, at: usize) -> Option<Subject<'_, 'a>> {
        let under = |span, node| self.under(By::Element(at), span, node);
        match (&self.node, &self.data) {
            (Node::Tables(tables, keys), _) => {
                let (_, span, rows) = tables.entry(at)?;
                Some(under(span, Node::Table(Some(rows), keys)))
            }
            (Node::Rules(rules), _) => {
                let built_in = Some(BuiltIn::Rule(at, rules.len()));
                Some(Subject { built_in, ..under(self.span, Node::Rule(rules.get(at)?)) })
            }
            (node, Data::List(texts)) => {
                let data = Data::Text(Cow::Borrowed(&**texts.get(at)?));
                let item = if let Node::Strs(items) = node { items.get(at) } else { None };
                let span = item.map_or(self.span, |item| item.span);
                Some(Subject { data, flag: self.flag, ..under(span, Node::Leaf) })
            }
            _ => None,
        }
    }
}
