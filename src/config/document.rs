//! TOML as plain values with spans, for bklint's own files.
//!
//! The tree is the one that `buildkitd.toml` is read with, and so is its strictness: what
//! buildkitd's parser refuses is refused here too.

use crate::decode::lexical;
use crate::decode::quirk::Quirks;
use crate::decode::scalar::{self, Scalar};
use crate::decode::{Fault, FaultKind};
use crate::hash::HashMap;
use crate::order::Order;
use crate::source::{Source, Span};
use crate::tree::{Key, NodeId, NodeKind, SyntaxKind, Tree, unquote};

/// Values nested deeper are refused.
const MAX_DEPTH: usize = 32;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Value {
    /// With its quotes or brackets; of a table with a header, the header.
    pub span: Span,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Data {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A float, which no key takes.
    Float,
    /// `true` or `false`.
    Bool(bool),
    /// A date or time, as written.
    Date(String),
    /// An array, or an array of tables.
    Array(Vec<Value>),
    /// A table.
    Table(Table),
}

impl Value {
    /// The string.
    #[must_use]
    pub const fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The elements.
    #[must_use]
    pub const fn array(&self) -> Option<&[Self]> {
        match &self.data {
            Data::Array(items) => Some(items.as_slice()),
            _ => None,
        }
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> Option<&Table> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What it is, with an article.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.data {
            Data::Text(_) => "a string",
            Data::Integer(_) => "an integer",
            Data::Float => "a float",
            Data::Bool(_) => "a boolean",
            Data::Date(_) => "a date",
            Data::Array(_) => "an array",
            Data::Table(_) => "a table",
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Item {
    /// The key alone, without those before it in a dotted one.
    pub name: String,
    /// The key as written.
    pub key: Span,
    /// Behind it.
    pub value: Value,
}

/// Keys and values in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    items: Vec<Item>,
    index: HashMap<String, usize>,
    /// Written inline or by a header; dotted keys only lead through a table.
    defined: bool,
}

impl Table {
    /// Its items.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item of that name.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.index.get(name).and_then(|&at| self.items.get(at))
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.item(name).map(|item| &item.value)
    }

    fn push(&mut self, name: String, key: Span, value: Value) -> Option<&mut Value> {
        self.index.insert(name.clone(), self.items.len());
        self.items.push(Item { name, key, value });
        self.items.last_mut().map(|item| &mut item.value)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.index.get(name).and_then(|&at| self.items.get_mut(at)).map(|item| &mut item.value)
    }
}

/// Why a text is no TOML, and where.
#[derive(Clone, Debug)]
pub struct Malformed {
    /// The place.
    pub span: Span,
    /// What is wrong there.
    pub what: &'static str,
}

/// Reads a document.
///
/// # Errors
/// All places where it is no TOML, in the order of the text.
pub fn read(source: &Source) -> Result<Table, Vec<Malformed>> {
    let tree = Tree::parse(source);
    let mut faults: Vec<Malformed> =
        lexical::check(source, &tree, Quirks::default()).iter().map(Malformed::lexical).collect();
    faults.extend(tree.errors.iter().map(|error| Malformed {
        span: error.span,
        what: match error.kind {
            SyntaxKind::UnclosedString => "a string is not closed",
            SyntaxKind::UnclosedArray => "an array is not closed",
            SyntaxKind::UnclosedInline => "an inline table is not closed",
            SyntaxKind::UnclosedHeader => "a header is not closed",
            SyntaxKind::MissingValue => "a key has no value",
            SyntaxKind::MissingEquals => "a line is not `key = value`",
            SyntaxKind::Json => "this is JSON and not TOML",
            _ => "this is not TOML",
        },
    }));
    let mut reader = Reader { source, tree: &tree, faults };
    let table = reader.document();
    reader.faults.order_by_key(|fault| fault.span);
    if reader.faults.is_empty() { Ok(table) } else { Err(reader.faults) }
}

impl Malformed {
    fn lexical(fault: &Fault) -> Self {
        let what = match fault.kind {
            FaultKind::ByteOrderMark => "a byte-order mark stands in front",
            FaultKind::InvalidUtf8 { .. } => "bytes are not UTF-8",
            FaultKind::LoneCr { .. } => "a carriage return stands without a line feed",
            FaultKind::ControlCharacter => "a control character must be escaped",
            FaultKind::BareKey | FaultKind::MultilineKey => "a key must be quoted",
            FaultKind::Escape => "an escape is not known",
            FaultKind::InlineNewline => "an inline table spans lines",
            FaultKind::InlineComma => "a comma stands before the closing brace",
            _ => "this is not a value",
        };
        Self { span: fault.span, what }
    }
}

struct Reader<'a> {
    source: &'a Source,
    tree: &'a Tree,
    faults: Vec<Malformed>,
}

impl Reader<'_> {
    fn fault(&mut self, span: Span, what: &'static str) {
        self.faults.push(Malformed { span, what });
    }

    fn name(&self, key: Key) -> String {
        unquote(self.source.slice(key.span), key.quote).into_owned()
    }

    fn document(&mut self) -> Table {
        let tree = self.tree;
        let mut root = Table { defined: true, ..Table::default() };
        let mut path: Vec<Key> = Vec::new();
        for (id, node) in tree.top() {
            match &node.kind {
                NodeKind::Header { keys, array } => {
                    path = tree.path(keys).to_vec();
                    self.header(&mut root, &path, node.span, *array);
                }
                NodeKind::Pair { keys } => {
                    // A header that leads nowhere has been reported.
                    if let Some(table) = self.walk(&mut root, &path) {
                        self.pair(table, tree.path(keys), id + 1, 0);
                    }
                }
                _ => {}
            }
        }
        root
    }

    /// Makes what a header names.
    fn header(&mut self, root: &mut Table, path: &[Key], span: Span, array: bool) {
        let Some((&last, above)) = path.split_last() else { return };
        if path.len() > MAX_DEPTH {
            return self.fault(span, "tables are nested too deep");
        }
        let Some(table) = self.open(root, above, span, true) else { return };
        let name = self.name(last);
        let fresh = Table { defined: true, ..Table::default() };
        match table.get_mut(&name).map(|value| &mut value.data) {
            None if array => {
                let element = Value { span, data: Data::Table(fresh) };
                table.push(name, last.span, Value { span, data: Data::Array(vec![element]) });
            }
            None => _ = table.push(name, last.span, Value { span, data: Data::Table(fresh) }),
            Some(Data::Array(items)) if array && is_tables(items) => {
                items.push(Value { span, data: Data::Table(fresh) });
            }
            Some(Data::Table(table)) if !array && !table.defined => table.defined = true,
            Some(_) => self.fault(last.span, "this is defined twice"),
        }
    }

    /// The table that a header's path leads to, for its pairs.
    fn walk<'t>(&self, root: &'t mut Table, path: &[Key]) -> Option<&'t mut Table> {
        path.iter().try_fold(root, |table, &key| into(table.get_mut(&self.name(key))?))
    }

    /// The table at the end of a path, made if needed.
    fn open<'t>(
        &mut self,
        root: &'t mut Table,
        path: &[Key],
        span: Span,
        header: bool,
    ) -> Option<&'t mut Table> {
        let mut table = root;
        for &key in path {
            let name = self.name(key);
            if table.get_mut(&name).is_none() {
                let data = Data::Table(Table::default());
                table.push(name.clone(), key.span, Value { span, data });
            }
            let next = table.get_mut(&name).and_then(|value| match &value.data {
                // A dotted key does not reach into a table that stands elsewhere.
                Data::Table(inner) if !header && inner.defined => None,
                Data::Array(_) if !header => None,
                _ => into(value),
            });
            match next {
                Some(next) => table = next,
                None => {
                    self.fault(key.span, "this is defined twice");
                    return None;
                }
            }
        }
        Some(table)
    }

    fn pair(&mut self, table: &mut Table, keys: &[Key], value: NodeId, depth: usize) {
        let Some((&last, above)) = keys.split_last() else { return };
        let Some(value) = self.value(value, depth + keys.len()) else { return };
        let Some(table) = self.open(table, above, last.span, false) else { return };
        let name = self.name(last);
        if table.get(&name).is_some() {
            self.fault(last.span, "this is defined twice");
        } else {
            table.push(name, last.span, value);
        }
    }

    /// None where a fault is known or reported here.
    fn value(&mut self, id: NodeId, depth: usize) -> Option<Value> {
        let tree = self.tree;
        let node = tree.nodes.get(id).filter(|node| !node.broken)?;
        if depth > MAX_DEPTH {
            self.fault(node.span, "values are nested too deep");
            return None;
        }
        let lexeme = self.source.slice(node.span);
        let data = match &node.kind {
            NodeKind::Text(quote) => Data::Text(unquote(lexeme, *quote).into_owned()),
            NodeKind::Bare => self.bare(lexeme, node.span)?,
            NodeKind::Array => {
                let items = tree.children(id).filter_map(|(id, _)| self.value(id, depth + 1));
                Data::Array(items.collect())
            }
            NodeKind::Inline => {
                let mut table = Table::default();
                for (id, pair) in tree.children(id) {
                    if let NodeKind::Pair { keys } = &pair.kind {
                        self.pair(&mut table, tree.path(keys), id + 1, depth + 1);
                    }
                }
                table.defined = true;
                Data::Table(table)
            }
            _ => return None,
        };
        Some(Value { span: node.span, data })
    }

    fn bare(&mut self, lexeme: &str, span: Span) -> Option<Data> {
        let rest = self.source.text().get(span.start as usize..).unwrap_or("");
        // What is no scalar at all has been reported.
        let read = match scalar::scan(rest, lexeme.len())? {
            Scalar::Bool(value) => Some(Data::Bool(value)),
            Scalar::Integer => scalar::integer(lexeme).map(Data::Integer),
            Scalar::Float => scalar::is_float(lexeme).then_some(Data::Float),
            date @ Scalar::Date { .. } => {
                scalar::is_date(lexeme, date).then(|| Data::Date(lexeme.to_owned()))
            }
        };
        if read.is_none() {
            self.fault(span, "this is not a value");
        }
        read
    }
}

fn is_tables(items: &[Value]) -> bool {
    items.iter().all(|item| matches!(item.data, Data::Table(_)))
}

/// The table, or the last one of an array of tables.
fn into(value: &mut Value) -> Option<&mut Table> {
    match &mut value.data {
        Data::Table(table) => Some(table),
        Data::Array(items) => match &mut items.last_mut()?.data {
            Data::Table(table) => Some(table),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Table, Vec<&'static str>> {
        let source = Source::new("bklint.toml", text.into());
        read(&source).map_err(|faults| faults.iter().map(|fault| fault.what).collect())
    }

    #[test]
    fn tables_and_values() {
        let table = parse(
            "a = 'x'\nb.c = [1, { d = true }]\n[t]\nu = 2027-01-31\n[[p.q]]\nv = 0x10\n\
             [[p.q]]\n[p.q.r]\nw = \"\\u00e4\"\n",
        );
        let table = table.unwrap();
        assert_eq!(table.get("a").and_then(Value::text), Some("x"));
        let c = table.get("b").and_then(Value::table).and_then(|b| b.get("c")).unwrap();
        assert_eq!(c.array().unwrap().len(), 2);
        let q = table.get("p").and_then(Value::table).and_then(|p| p.get("q")).unwrap();
        let [first, second] = q.array().unwrap() else { panic!("{q:?}") };
        assert!(matches!(first.table().unwrap().get("v").unwrap().data, Data::Integer(16)));
        let r = second.table().unwrap().get("r").and_then(Value::table).unwrap();
        assert_eq!(r.get("w").and_then(Value::text), Some("ä"));
    }

    #[test]
    fn what_is_no_toml() {
        for text in [
            "a = 1\na = 2\n",
            "[t]\n[t]\n",
            "a.b = 1\n[a.b]\n",
            "[a.b]\n[a]\nb.c = 1\n",
            "a = [1]\n[[a]]\n",
            "[[a]]\n[a]\n",
            "a = { b = 1 }\na.c = 2\n",
            "a = { b = 1, b = 2 }\n",
        ] {
            assert_eq!(parse(text).unwrap_err(), ["this is defined twice"], "{text}");
        }
        assert_eq!(parse("a = \"x\n").unwrap_err(), ["a string is not closed"]);
        assert_eq!(parse("a = yes\nb = 01\n").unwrap_err().len(), 2);
        assert_eq!(parse("a = \"\\q\"\n").unwrap_err(), ["an escape is not known"]);
        let deep = format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(parse(&deep).unwrap_err(), ["values are nested too deep"]);
        let deep = format!("[{}x]\n", "a.".repeat(50_000));
        assert_eq!(parse(&deep).unwrap_err(), ["tables are nested too deep"]);
        let deep = format!("{}x = 1\n", "a.".repeat(50_000));
        assert_eq!(parse(&deep).unwrap_err(), ["values are nested too deep"]);
    }
}
