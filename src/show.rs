//! What buildkitd really runs with: `bklint show`.

use serde_json::{Value as Json, json};

use crate::decode::dotted;
use crate::effective::gc::{Collection, duration, size};
use crate::effective::{Provenance, Value};
use crate::model::Data;
use crate::rules::Context;
use crate::session::Session;
use crate::source::{Source, Span};

/// A key and what it comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The dotted path.
    pub key: String,
    /// What it is.
    pub data: Data,
    /// `line 3`, `default`, or the flag.
    pub from: String,
    /// The line, from 1, if the file says so.
    pub line: Option<usize>,
}

/// The configuration in effect.
#[derive(Clone, Debug)]
pub struct Show {
    /// All keys in the order of the schema.
    pub rows: Vec<Row>,
    /// What the loader passed over, with its line.
    pub dropped: Vec<(usize, String)>,
    /// For each worker what it collects.
    pub collected: Vec<(&'static str, Vec<Sentence>)>,
}

/// A rule of garbage collection in words, with its line, from 1, if the file has it.
pub type Sentence = (Option<usize>, String);

impl Show {
    /// Reads it off a file; none if buildkitd refuses the file.
    #[must_use]
    pub fn of(session: &Session<'_>, source: &Source) -> Option<Self> {
        session.look(source, |context, _| {
            context.decoded.faults.is_empty().then(|| Self::new(context))
        })
    }

    fn new(context: &Context<'_>) -> Self {
        let line = |span: Span| context.source.line_index(span.start) + 1;
        let effective = context.effective();
        let row = |value: Value<'_>| {
            let (from, at) = match value.from {
                Provenance::File { key, .. } => (format!("line {}", line(key)), Some(line(key))),
                Provenance::Flag(flag) => (flag.to_owned(), None),
                Provenance::Default => ("default".to_owned(), None),
            };
            Row { key: value.key, data: value.data, from, line: at }
        };
        let rows = effective.values().into_iter().map(row).collect();
        let unknown = context.decoded.unknown.iter();
        let dropped = unknown.map(|key| (line(key.span), dotted(key.path.iter()))).collect();
        let collected = context.live_workers().map(|(name, worker)| {
            let rules = match effective.collection(worker) {
                Collection::Off => Vec::new(),
                Collection::Rules(rules) => {
                    rules.iter().map(|rule| (rule.place.map(line), rule.words())).collect()
                }
            };
            (name, rules)
        });
        Self { rows, dropped, collected: collected.collect() }
    }

    /// As JSON has it.
    #[must_use]
    pub fn json(&self) -> Json {
        let rows = self.rows.iter().map(|row| {
            json!({ "key": row.key, "value": plain(&row.data), "from": row.from, "line": row.line })
        });
        let dropped = self.dropped.iter().map(|(line, key)| json!({ "line": line, "key": key }));
        let collected = self.collected.iter().map(|(worker, rules)| {
            let rules = rules.iter().map(|(line, words)| json!({ "line": line, "does": words }));
            json!({ "worker": worker, "rules": rules.collect::<Vec<_>>() })
        });
        json!({
            "values": rows.collect::<Vec<_>>(),
            "dropped": dropped.collect::<Vec<_>>(),
            "gc": collected.collect::<Vec<_>>(),
        })
    }
}

fn plain(data: &Data) -> Json {
    match data {
        Data::Unset => Json::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Text(text) | Data::Words(text) => json!(text),
        Data::List(items) => json!(items),
        Data::Size(bytes) => json!(size(*bytes)),
        Data::Duration(nanos) => json!(duration(*nanos)),
        Data::Labels(pairs) => {
            let pairs = pairs.iter().map(|(name, text)| (name.clone(), json!(text)));
            pairs.collect::<serde_json::Map<_, _>>().into()
        }
    }
}

/// A value as TOML writes it, or in words.
#[must_use]
pub fn written(data: &Data) -> Option<String> {
    let quoted = |text: &str| format!("{text:?}");
    Some(match data {
        Data::Unset => return None,
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Text(text) => quoted(text),
        Data::Words(text) => text.clone(),
        Data::List(items) => {
            let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Size(bytes) => size(*bytes),
        Data::Duration(nanos) => duration(*nanos),
        Data::Labels(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, text)| format!("{} = {}", dotted([name]), quoted(text)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    })
}
