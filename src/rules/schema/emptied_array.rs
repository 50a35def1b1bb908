//! An array of tables is written a second way, which empties it.

use std::cell::OnceCell;

use crate::decode::Oddity;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Spans;
use crate::tree::{Key, NodeKind};

/// See the page.
pub static RULE: Rule = rule!("schema", "emptied_array", check);

/// The arrays of tables that there are, each in any letter case.
const ARRAYS: [&str; 2] = ["gcpolicy", "keypair"];

/// A fix of more edits is offered once: it mends the whole file.
const MANY: usize = 50;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut fix = OnceCell::new();
    for oddity in &context.decoded.oddities {
        let Oddity::Emptied { node, lost } = oddity else { continue };
        let span = context.tree.nodes.get(*node).map(|node| node.span).unwrap_or_default();
        let lost = if *lost == 1 { "one table is".into() } else { format!("{lost} tables are") };
        let finding = sink.report(span, format!("{lost} lost above this"));
        finding
            .label("another spelling begins the array anew")
            .help("spell all its headers alike, from their first key on");
        if let Some(respelt) = fix.get_or_init(|| respell(context)) {
            finding.fix(respelt.clone());
            if respelt.edits.len() > MANY {
                fix = OnceCell::from(None);
            }
        }
    }
}

/// Spells every header of an array of tables as upstream does, from its first key on.
fn respell(context: &Context<'_>) -> Option<Fix> {
    let in_array = |key: &Key| {
        let written = context.source.slice(key.span);
        ARRAYS.into_iter().any(|name| name.eq_ignore_ascii_case(written))
    };
    let headers = context.tree.top().filter_map(|(_, node)| match &node.kind {
        NodeKind::Header { keys, .. } => {
            context.tree.path(keys).iter().any(in_array).then_some(node.span)
        }
        _ => None,
    });
    let headers: Spans = headers.collect();
    let mut fix = Fix::unsafe_("spell all of them alike");
    for oddity in &context.decoded.oddities {
        if let Oddity::Case { span, name } = oddity
            && headers.cover(*span)
        {
            fix = fix.replace(*span, *name);
        }
    }
    (!fix.edits.is_empty()).then_some(fix)
}
