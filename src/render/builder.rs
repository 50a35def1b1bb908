//! A builder for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{escape, write_json};
use crate::builder::differ::Difference;
use crate::builder::store::{Builder, Node};
use crate::order::tree;
use crate::report::Report;

/// A node with what was found out about it.
pub struct NodeReport<'a> {
    /// The node.
    pub node: &'a Node,
    /// Its configuration; empty if it has none, or none that bklint may judge.
    pub report: Report,
    /// How it differs from the file, if one was given that loads.
    pub differences: Option<Vec<Difference>>,
}

/// How wide a value may be before it is cut.
const WIDEST: usize = 60;

/// What a node is, as lines of text.
#[must_use]
pub fn describe(node: &Node) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("node `{}` at {}", escape(&node.name), address(&node.endpoint)));
    let mut row = |name: &str, values: Vec<String>| {
        for (at, value) in values.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            line(&mut out, format_args!("  {name:8} {}", escape(value)));
        }
    };
    row("flags", node.flags.clone());
    row("options", node.options.iter().map(|(name, value)| option(name, value)).collect());
    let files = node.files.iter();
    row("files", files.map(|(name, bytes)| format!("{name}, {} bytes", bytes.len())).collect());
    out
}

/// How a node differs from a file, as lines of text.
#[must_use]
pub fn differences(node: &NodeReport<'_>, file: &str) -> String {
    let mut out = String::new();
    let (file, name) = (escape(file), escape(&node.node.name));
    match node.differences.as_deref() {
        None => {}
        Some([]) => line(&mut out, format_args!("`{name}` has what {file} says")),
        Some(all) => {
            line(&mut out, format_args!("`{name}` has another configuration than {file}:"));
            for one in all {
                line(&mut out, format_args!("  {}", escape(&one.key)));
                let shown = |value: &Option<String>| match value {
                    Some(value) => cut(&escape(value)),
                    None => "not set".to_owned(),
                };
                line(&mut out, format_args!("    in the builder  {}", shown(&one.builder)));
                let place = one.line.map(|line| format!(", line {line}")).unwrap_or_default();
                line(&mut out, format_args!("    in the file     {}{place}", shown(&one.file)));
            }
            out.push_str(
                "buildx reads a file once, when it creates the builder. To have this one, remove\n\
                 the builder with `docker buildx rm --keep-state` and create it anew.\n",
            );
        }
    }
    out
}

/// All of it as one line of JSON; `reports` are the nodes' own, as the format `json` prints them.
///
/// # Errors
/// When the writer fails.
pub fn json(
    builder: &Builder,
    store: &str,
    nodes: &[NodeReport<'_>],
    reports: &[Vec<u8>],
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    let node = |(node, report): (&NodeReport<'_>, &Vec<u8>)| {
        let options = node.node.options.iter().map(|(name, value)| {
            // Variables of the environment may be anything.
            let value = if name.starts_with("env.") { Value::Null } else { json!(value) };
            (name.clone(), value)
        });
        let files = node.node.files.iter();
        let files = files.map(|(name, bytes)| json!({ "name": name, "size": bytes.len() }));
        json!({
            "name": node.node.name,
            "endpoint": address(&node.node.endpoint),
            "flags": node.node.flags,
            "options": tree::<_, Map<_, _>>(options),
            "files": files.collect::<Vec<_>>(),
            "differences": node.differences.as_deref().map(|all| {
                all.iter().map(difference).collect::<Vec<_>>()
            }),
            "report": serde_json::from_slice::<Value>(report).ok(),
        })
    };
    let document = Document {
        version: 1,
        builder: &builder.name,
        driver: &builder.driver,
        store,
        nodes: nodes.iter().zip(reports).map(node).collect(),
    };
    write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    builder: &'a str,
    driver: &'a str,
    store: &'a str,
    nodes: Vec<Value>,
}

fn difference(one: &Difference) -> Value {
    json!({ "key": one.key, "builder": one.builder, "file": one.file, "line": one.line })
}

fn option(name: &str, value: &str) -> String {
    if name.starts_with("env.") { format!("{name}=…") } else { format!("{name}={value}") }
}

/// An address without a password.
fn address(endpoint: &str) -> String {
    match (endpoint.find("://"), endpoint.rfind('@')) {
        (Some(from), Some(to)) if from + 3 < to => {
            let (scheme, host) = (endpoint.get(..from + 3), endpoint.get(to..));
            escape(&format!("{}****{}", scheme.unwrap_or_default(), host.unwrap_or_default()))
                .into_owned()
        }
        _ => escape(endpoint).into_owned(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    _ = writeln!(out, "{text}");
}
