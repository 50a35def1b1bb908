//! An array of tables is written a second way, which empties it.

use crate::decode::Oddity;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "emptied_array", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for oddity in &context.decoded.oddities {
        let Oddity::Emptied { node, lost } = oddity else { continue };
        let span = context.tree.nodes.get(*node).map(|node| node.span).unwrap_or_default();
        let tables = if *lost == 1 { "one table".to_owned() } else { format!("{lost} tables") };
        sink.report(span, format!("{tables} above this are lost"))
            .label("another spelling begins the array anew")
            .help("spell all of them as `gcpolicy` or `keypair`");
    }
}
