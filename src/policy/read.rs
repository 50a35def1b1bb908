//! Reads `[[policy.rule]]`.

use std::borrow::Cow;

use super::condition::Condition;
use super::pattern::{Pattern, Target};
use super::{Origin, Requirement, When};
use crate::config::document::{Table, Value};
use crate::levels::{Wish, is_own_id};
use crate::own::{Fault, FaultKind};
use crate::report::Level;
use crate::source::Span;

/// Reads one rule; what is wrong with it goes to `faults`.
pub fn rule(item: &Value, file: &str, faults: &mut Vec<Fault>) -> Option<Requirement> {
    let table = item.table()?;
    let text = |name: &str| table.get(name).and_then(Value::text);
    for name in ["id", "key", "must"] {
        if table.get(name).is_none() {
            let why = format!("a rule needs `{name}`");
            faults.push(Fault { span: item.span, kind: FaultKind::Policy { why } });
        }
    }
    let id = text("id")?;
    if !is_own_id(id) {
        let why = format!("`{id}` is not an id like `corp::name` in a group of your own");
        let span = table.get("id").map_or(item.span, |value| value.span);
        faults.push(Fault { span, kind: FaultKind::Policy { why } });
        return None;
    }
    let written = table.get("key")?;
    let (key, target) = pattern(text("key")?, written.span, Target::root(), faults)?;
    let must = conditions(table.get("must")?, target, faults);
    let known = faults.len();
    let when = match table.get("when") {
        Some(value) => conditional(value, target, faults),
        None => When::default(),
    };
    // Nobody knows where it counts.
    if faults.len() > known {
        return None;
    }
    let level = match text("level").and_then(Wish::parse) {
        Some(wish) => wish.level(),
        None => Level::Deny,
    };
    Some(Requirement {
        id: Cow::Owned(id.to_owned()),
        key,
        quiet: false,
        reads: u64::MAX,
        when,
        must,
        message: text("message").map(str::to_owned),
        help: text("help").map(str::to_owned),
        url: text("url").map(str::to_owned),
        level,
        bound: text("level") == Some("forbid"),
        origin: Origin { file: file.to_owned(), span: written.span },
    })
}

/// Why a value is no pattern that leads to a key.
#[must_use]
pub fn unknown_key(item: &Value) -> Option<Fault> {
    let mut faults = Vec::new();
    pattern(item.text()?, item.span, Target::root(), &mut faults);
    faults.pop()
}

/// A pattern that leads to a key, from the root or from a kind of value.
fn pattern(
    text: &str,
    span: Span,
    from: Target,
    faults: &mut Vec<Fault>,
) -> Option<(Pattern, Target)> {
    let read = Pattern::parse(text)
        .and_then(|mut pattern| pattern.target(from).map(|target| (pattern, target)));
    match read {
        Ok(read) => Some(read),
        Err(why) => {
            let why = format!("`{text}` leads to no key: {why}");
            faults.push(Fault { span, kind: FaultKind::PolicyKey { why } });
            None
        }
    }
}

fn conditions(value: &Value, from: Target, faults: &mut Vec<Fault>) -> Vec<(Pattern, Condition)> {
    let Some(table) = value.table() else {
        let why = "conditions are a table of keys".to_owned();
        faults.push(Fault { span: value.span, kind: FaultKind::PolicyCondition { why } });
        return Vec::new();
    };
    if table.items().is_empty() {
        let why = "there is no condition in it".to_owned();
        faults.push(Fault { span: value.span, kind: FaultKind::PolicyCondition { why } });
    }
    let read = table
        .items()
        .iter()
        .filter_map(|item| condition(&item.name, item.key, &item.value, from, faults));
    read.collect()
}

fn condition(
    name: &str,
    key: Span,
    value: &Value,
    from: Target,
    faults: &mut Vec<Fault>,
) -> Option<(Pattern, Condition)> {
    let (pattern, target) = pattern(name, key, from, faults)?;
    let read = Condition::read(value)
        .and_then(|mut condition| condition.settle(&target).map(|()| condition));
    match read {
        Ok(condition) => Some((pattern, condition)),
        Err(why) => {
            faults.push(Fault { span: value.span, kind: FaultKind::PolicyCondition { why } });
            None
        }
    }
}

fn conditional(value: &Value, from: Target, faults: &mut Vec<Fault>) -> When {
    let items = value.table().map_or(&[][..], Table::items);
    let mut all = Vec::new();
    for item in items {
        let each = |items: &[Value], faults: &mut _| {
            items.iter().map(|item| conditional(item, from, faults)).collect()
        };
        match (item.name.as_str(), item.value.array()) {
            ("any", Some(items)) if !items.is_empty() => all.push(When::Any(each(items, faults))),
            ("all", Some(items)) if !items.is_empty() => all.push(When::All(each(items, faults))),
            // A rule of garbage collection has a key `all`.
            (name @ "any", _) | (name @ "all", Some(_)) => {
                let why = format!("`{name}` takes an array of tables with conditions");
                let kind = FaultKind::PolicyCondition { why };
                faults.push(Fault { span: item.value.span, kind });
            }
            (name, _) => {
                let read = condition(name, item.key, &item.value, from, faults);
                all.extend(read.map(|(pattern, condition)| When::Key(pattern, condition)));
            }
        }
    }
    if items.is_empty() {
        let why = "there is no condition in it".to_owned();
        faults.push(Fault { span: value.span, kind: FaultKind::PolicyCondition { why } });
    }
    When::All(all)
}
