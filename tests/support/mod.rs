//! The decoder's answer in the form of the recorded verdicts.

use std::borrow::Cow;

use bklint::decode::{decode, scalar};
use bklint::model::{FreeTable, Growing, Nanos, Rows, SECOND, View};
use bklint::release::Releases;
use bklint::source::Source;
use bklint::tree::{NodeId, NodeKind, Tree, unquote};
use serde_json::{Map, Value, json};

pub fn answer(source: &Source, tree: &Tree) -> Value {
    let decoded = decode(source, tree, Releases::default());
    let unknown: Vec<Value> = decoded
        .unknown
        .iter()
        .map(|key| {
            json!({ "key": key.path.join("."), "line": source.position(key.span.start).line })
        })
        .collect();
    let config =
        decoded.faults.is_empty().then(|| Value::Object(rows(&decoded.config, source, tree))).map(
            |mut config| {
                cut(&mut config, 0);
                config
            },
        );
    json!({
        "ok": decoded.faults.is_empty(),
        "error": format!("{:?}", decoded.faults.first()),
        "panic": decoded.crashes(),
        "unknown": unknown,
        "config": config,
    })
}

fn rows(table: &dyn Rows<'_>, source: &Source, tree: &Tree) -> Map<String, Value> {
    let mut map = Map::new();
    for (index, key) in table.keys().iter().enumerate() {
        let value = match table.view(index).unwrap() {
            View::Bool(leaf) => leaf.get().filter(|v| key.pointer || **v).map(|v| json!(v)),
            View::Int(leaf) => leaf.get().filter(|v| key.pointer || **v != 0).map(|v| json!(v)),
            View::Str(leaf) => leaf.get().filter(|v| !v.is_empty()).map(|v| json!(v)),
            View::Strs(leaf) => leaf.get().map(|list| {
                list.iter().map(|element| json!(element.value)).collect::<Vec<_>>().into()
            }),
            View::Size(leaf) => leaf.get().filter(|v| key.pointer || !v.is_zero()).map(|v| {
                let mut size = Map::new();
                if v.bytes != 0 {
                    size.insert("bytes".into(), v.bytes.into());
                }
                if v.percentage != 0 {
                    size.insert("percentage".into(), v.percentage.into());
                }
                size.into()
            }),
            View::Duration(leaf) => {
                leaf.get().filter(|v| key.pointer || v.0 != 0).map(|v| json!(go(*v)))
            }
            View::Table(places, inner) => {
                let inner_map = rows(inner, source, tree);
                (!inner_map.is_empty() || key.pointer && !places.is_empty())
                    .then(|| inner_map.into())
            }
            View::Map(tables) => all(tables, source, tree)
                .map(|all| all.into_iter().collect::<Map<String, Value>>().into()),
            View::List(tables) => all(tables, source, tree)
                .map(|all| all.into_iter().map(|entry| entry.1).collect::<Vec<_>>().into()),
            View::Labels(labels) => (labels.inline || !labels.entries.is_empty()).then(|| {
                let pairs = labels.entries.iter();
                pairs
                    .map(|l| (l.name.to_string(), json!(l.value.text())))
                    .collect::<Map<_, _>>()
                    .into()
            }),
            View::Free(table) => free(table, source, tree),
        };
        if let Some(value) = value {
            // The record has Go's name where the struct gives none.
            let name = if key.untagged {
                key.name[..1].to_uppercase() + &key.name[1..]
            } else {
                key.name.into()
            };
            map.insert(name, value);
        }
    }
    map
}

fn all(tables: &dyn Growing<'_>, source: &Source, tree: &Tree) -> Option<Vec<(String, Value)>> {
    let mut list = Vec::new();
    for index in 0..tables.count() {
        let (name, _, table) = tables.entry(index).unwrap();
        list.push((name.to_owned(), rows(table, source, tree).into()));
    }
    (tables.is_assigned() || !list.is_empty()).then_some(list)
}

fn free(table: &FreeTable<'_>, source: &Source, tree: &Tree) -> Option<Value> {
    let mut root = Map::new();
    for entry in &table.entries {
        let value = entry.value.map(|node| plain(source, tree, node, 0));
        let path: Vec<_> = entry.header.iter().chain(&entry.path).cloned().collect();
        put(&mut root, &path, value, entry.array);
    }
    (!table.entries.is_empty()).then_some(root.into())
}

fn put(map: &mut Map<String, Value>, path: &[Cow<'_, str>], value: Option<Value>, array: bool) {
    match path {
        [] => {
            if let Some(Value::Object(inner)) = value {
                map.extend(inner);
            }
        }
        [last] if array => {
            let list = map.entry(last.to_string()).or_insert_with(|| json!([]));
            list.as_array_mut().unwrap().push(json!({}));
        }
        [last] => match value {
            Some(value) => {
                map.insert(last.to_string(), value);
            }
            None => {
                map.entry(last.to_string()).or_insert_with(|| json!({}));
            }
        },
        [first, rest @ ..] => {
            let mut inner = map.entry(first.to_string()).or_insert_with(|| json!({}));
            while let Value::Array(list) = inner {
                inner = list.last_mut().unwrap();
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value, array);
            }
        }
    }
}

/// Nesting past forty levels is recorded as `…`.
fn cut(value: &mut Value, depth: usize) {
    match value {
        Value::Array(_) | Value::Object(_) if depth > 41 => *value = json!("…"),
        Value::Array(list) => list.iter_mut().for_each(|inner| cut(inner, depth + 1)),
        Value::Object(map) => map.values_mut().for_each(|inner| cut(inner, depth + 1)),
        _ => {}
    }
}

fn plain(source: &Source, tree: &Tree, id: NodeId, depth: usize) -> Value {
    let node = &tree.nodes[id];
    let lexeme = source.slice(node.span);
    if depth > 60 {
        return json!("…");
    }
    match node.kind {
        NodeKind::Text(quote) => json!(unquote(lexeme, quote)),
        NodeKind::Array => tree
            .children(id)
            .map(|(id, _)| plain(source, tree, id, depth + 1))
            .collect::<Vec<_>>()
            .into(),
        NodeKind::Inline => {
            let mut map = Map::new();
            for (id, pair) in tree.children(id) {
                let NodeKind::Pair { keys } = &pair.kind else { continue };
                let path: Vec<_> = tree
                    .path(keys)
                    .iter()
                    .map(|key| unquote(source.slice(key.span), key.quote))
                    .collect();
                put(&mut map, &path, Some(plain(source, tree, id + 1, depth + 1)), false);
            }
            map.into()
        }
        _ => match scalar::scan(&source.text()[node.span.start as usize..], lexeme.len()) {
            Some(scalar::Scalar::Bool(value)) => json!(value),
            Some(scalar::Scalar::Integer) => json!(scalar::integer(lexeme)),
            Some(scalar::Scalar::Float) => {
                let value: f64 = lexeme.replace('_', "").parse().unwrap_or(f64::NAN);
                match value {
                    _ if value.is_nan() => json!("NaN"),
                    f64::INFINITY => json!("+Inf"),
                    f64::NEG_INFINITY => json!("-Inf"),
                    #[allow(clippy::cast_possible_truncation)]
                    _ if value.fract() == 0.0 && value.abs() < 1e15 => json!(value as i64),
                    _ => json!(value),
                }
            }
            _ => json!(nine_digits(&lexeme.to_uppercase())),
        },
    }
}

/// Go keeps nanoseconds.
fn nine_digits(date: &str) -> String {
    let Some((whole, rest)) = date.split_once('.') else { return date.into() };
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &rest[..rest.len() - zone.len()];
    format!("{whole}.{}{zone}", &digits[..digits.len().min(9)])
}

/// Go's `Duration.String`.
fn go(Nanos(nanos): Nanos) -> String {
    if nanos == 0 {
        return "0s".into();
    }
    let sign = if nanos < 0 { "-" } else { "" };
    let total = nanos.unsigned_abs();
    let second = SECOND.unsigned_abs();
    let trim = |whole: u64, rest: u64, width: usize| {
        let digits = format!("{rest:0width$}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { format!("{whole}") } else { format!("{whole}.{digits}") }
    };
    let text = if total < 1_000 {
        format!("{total}ns")
    } else if total < 1_000_000 {
        format!("{}µs", trim(total / 1_000, total % 1_000, 3))
    } else if total < second {
        format!("{}ms", trim(total / 1_000_000, total % 1_000_000, 6))
    } else {
        let seconds = trim(total / second % 60, total % second, 9);
        match (total / second / 3600, total / second / 60 % 60) {
            (0, 0) => format!("{seconds}s"),
            (0, minutes) => format!("{minutes}m{seconds}s"),
            (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
        }
    };
    format!("{sign}{text}")
}
