//! What buildkitd really runs with: `bklint show`.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use crate::decode::classify::is_credential;
use crate::decode::dotted;
use crate::effective::gc::{Collection, duration, size};
use crate::effective::{Provenance, Value};
use crate::model::Data;
use crate::order::tree;
use crate::report::{Finding, Impact, Level};
use crate::rules::Context;
use crate::secrets::{hide, hide_key};
use crate::session::Session;
use crate::source::{Source, Span};

/// A key and what it comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The dotted path.
    pub key: String,
    /// What it is.
    pub data: Data<'static>,
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
    /// What is read and does nothing, by the rules that say so, with its line.
    pub idle: Vec<(usize, String)>,
    /// For each worker what it collects.
    pub collected: Vec<(&'static str, Vec<Sentence>)>,
}

/// A rule of garbage collection in words, with its line, from 1, if the file has it.
pub type Sentence = (Option<usize>, String);

impl Show {
    /// Reads it off a file; none if buildkitd refuses the file.
    #[must_use]
    pub fn of(session: &Session<'_>, source: Source) -> Option<Self> {
        let mut show = session.look(&source, |context, _| {
            context.decoded.faults.is_empty().then(|| Self::new(context))
        })?;
        let report = session.check(source);
        // Keys that are not known stand in a list of their own.
        let idle = report.findings.iter().filter(|finding| {
            finding.impact == Impact::Ignored
                && finding.level > Level::Allow
                && !finding.rule.starts_with("schema::")
        });
        let line = |finding: &Finding| report.source.line_index(finding.span.start) + 1;
        show.idle =
            idle.map(|finding| (line(finding), finding.message.clone().into_owned())).collect();
        Some(show)
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
            let data = hidden(&value.data, value.key.starts_with("registry."));
            Row { key: hide_key(&value.key), data, from, line: at }
        };
        let rows = effective.values().into_iter().map(row).collect();
        let unknown = context.decoded.unknown.iter();
        let dropped = unknown.map(|key| (line(key.span), hide_key(&dotted(key.path.iter()))));
        let collected = context.live_workers().map(|(name, worker)| {
            let rules = match effective.collection(name, worker) {
                Collection::Off => Vec::new(),
                Collection::Rules(rules) => {
                    rules.iter().map(|rule| (rule.place.map(line), rule.words())).collect()
                }
            };
            (name, rules)
        });
        let (dropped, idle) = (dropped.collect(), Vec::new());
        Self { rows, dropped, idle, collected: collected.collect() }
    }

    /// As JSON has it.
    #[must_use]
    pub fn json(&self) -> Json {
        let rows = self.rows.iter().map(|row| {
            json!({ "key": row.key, "value": plain(&row.data), "from": row.from, "line": row.line })
        });
        let dropped = self.dropped.iter().map(|(line, key)| json!({ "line": line, "key": key }));
        let idle = self.idle.iter().map(|(line, what)| json!({ "line": line, "what": what }));
        let collected = self.collected.iter().map(|(worker, rules)| {
            let rules = rules.iter().map(|(line, words)| json!({ "line": line, "does": words }));
            json!({ "worker": worker, "rules": rules.collect::<Vec<_>>() })
        });
        json!({
            "values": rows.collect::<Vec<_>>(),
            "dropped": dropped.collect::<Vec<_>>(),
            "without_effect": idle.collect::<Vec<_>>(),
            "gc": collected.collect::<Vec<_>>(),
        })
    }
}

/// A value without what nobody else should read.
fn hidden(data: &Data<'_>, address: bool) -> Data<'static> {
    match data {
        Data::Text(text) => Data::Text(hide(text, address).into()),
        Data::List(items) => {
            Data::List(items.iter().map(|item| hide(item, address).into()).collect())
        }
        Data::Labels(pairs) => {
            let hide = |(name, text): &(Cow<'_, str>, Cow<'_, str>)| {
                let text = if is_credential(name) { "****".into() } else { hide(text, false) };
                (name.to_string().into(), text.into())
            };
            Data::Labels(pairs.iter().map(hide).collect())
        }
        data => data.owned(),
    }
}

fn plain(data: &Data<'_>) -> Json {
    match data {
        Data::Unset => Json::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Text(text) | Data::Words(text) => json!(text),
        Data::List(items) => json!(items),
        Data::Size(bytes) => json!(size(*bytes)),
        Data::Duration(nanos) => json!(duration(*nanos)),
        Data::Labels(pairs) => {
            let pairs = pairs.iter().map(|(name, text)| (name.to_string(), json!(text)));
            tree::<_, serde_json::Map<_, _>>(pairs).into()
        }
    }
}

/// A value as TOML writes it, or in words.
#[must_use]
pub fn written(data: &Data<'_>) -> Option<String> {
    let quoted = |text: &str| format!("{text:?}");
    Some(match data {
        Data::Unset => return None,
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Text(text) => quoted(text),
        Data::Words(text) => text.to_string(),
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
