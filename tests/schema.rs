//! Holds the JSON Schema against the recorded cases: it accepts what loads and takes effect.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use bklint::decode::{decode, root_keys};
use bklint::release::Releases;
use bklint::schema::json_schema;
use bklint::source::Source;
use bklint::tree::Tree;
use serde_json::Value;

/// The keywords that the schema uses, and no others.
fn accepts(schema: &Value, value: &Value) -> bool {
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        other => panic!("no type: {other}"),
    };
    let fits = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        other => panic!("type {other}"),
    };
    types.iter().any(fits)
        && match value {
            Value::Array(items) => items.iter().all(|item| accepts(&schema["items"], item)),
            Value::Object(map) => map.iter().all(|(key, value)| {
                match (schema["properties"].get(key), schema.get("additionalProperties")) {
                    (None, Some(Value::Bool(allowed))) => *allowed,
                    (Some(inner), _) | (None, Some(inner)) => accepts(inner, value),
                    (None, None) => true,
                }
            }),
            _ => true,
        }
}

fn plain(item: &toml_edit::Item) -> Option<Value> {
    use toml_edit::{Item, Value as Toml};
    let table = |pairs: Vec<(String, Option<Value>)>| -> Option<Value> {
        pairs.into_iter().map(|(key, value)| Some((key, value?))).collect::<Option<_>>()
    };
    Some(match item {
        Item::Value(Toml::String(text)) => text.value().as_str().into(),
        Item::Value(Toml::Integer(number)) => (*number.value()).into(),
        Item::Value(Toml::Float(number)) => (*number.value()).into(),
        Item::Value(Toml::Boolean(value)) => (*value.value()).into(),
        // JSON has no dates.
        Item::None | Item::Value(Toml::Datetime(_)) => return None,
        Item::Value(Toml::Array(items)) => items
            .iter()
            .map(|item| plain(&Item::Value(item.clone())))
            .collect::<Option<Vec<_>>>()?
            .into(),
        Item::Value(Toml::InlineTable(inline)) => {
            table(inline.iter().map(|(k, v)| (k.into(), plain(&Item::Value(v.clone())))).collect())?
        }
        Item::Table(inner) => table(inner.iter().map(|(k, v)| (k.into(), plain(v))).collect())?,
        Item::ArrayOfTables(tables) => tables
            .iter()
            .map(|inner| plain(&Item::Table(inner.clone())))
            .collect::<Option<Vec<_>>>()?
            .into(),
    })
}

#[test]
fn it_accepts_what_loads_and_refuses_wrong_types() {
    let schema = json_schema(root_keys());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load/cases");
    let (mut good, mut unknown) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        // Nesting of thousands of levels is more than the crate reads.
        if bytes.len() > 1500 {
            continue;
        }
        let source = Source::new("case", bytes);
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        let text = source.text();
        if !decoded.faults.is_empty() || !decoded.oddities.is_empty() {
            continue;
        }
        let Ok(document) = text.parse::<toml_edit::DocumentMut>() else { continue };
        let Some(value) = plain(&toml_edit::Item::Table(document.as_table().clone())) else {
            continue;
        };
        // A size or duration written as a table loads by an accident of Go's.
        let name = path.file_name().unwrap().to_string_lossy();
        if (name.contains("disk") || name.contains("dur")) && !accepts(&schema, &value) {
            continue;
        }
        let wanted = decoded.unknown.is_empty();
        assert_eq!(accepts(&schema, &value), wanted, "{}:\n{text}", path.display());
        if wanted { good += 1 } else { unknown += 1 }
    }
    assert!(good > 250 && unknown > 100, "{good} and {unknown}");
    assert!(!accepts(&schema, &serde_json::json!({ "root": 1 })));
}
