//! An array of tables is written a second way, which empties it.

use crate::decode::Oddity;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "emptied_array", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for oddity in &context.decoded.oddities {
        let Oddity::Emptied { node, lost } = oddity else { continue };
        let span = context.tree.nodes.get(*node).map(|node| node.span).unwrap_or_default();
        let lost = if *lost == 1 { "one table is".into() } else { format!("{lost} tables are") };
        sink.report(span, format!("{lost} lost above this"))
            .label("another spelling begins the array anew")
            .help("spell all of them as `gcpolicy` or `keypair`");
    }
}
