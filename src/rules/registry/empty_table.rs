//! A registry table without settings.

use crate::hash::HashSet;
use crate::hosts::content;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "empty_table", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let decoded = context.decoded;
    // What stands in a table without effect is another rule's matter.
    let unknown: HashSet<_> = decoded
        .unknown
        .iter()
        .filter(|unknown| unknown.path.first().is_some_and(|part| part == "registry"))
        .filter_map(|unknown| unknown.path.get(1))
        .collect();
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let empty = entry.mirrors.get().is_some_and(Vec::is_empty) || entry.mirrors.is_absent();
        let other = !entry.http.is_absent()
            || !entry.insecure.is_absent()
            || !entry.ca.is_absent()
            || !entry.tlsconfigdir.is_absent()
            || !entry.keypair.is_empty();
        if !empty || other || unknown.contains(&entry.name) || !table.is_reached() {
            continue;
        }
        sink.report(
            content(context.source, entry.key),
            format!("table of `{}` is empty", entry.name),
        )
        .label("changes one thing only")
        .note(
            "buildkitd no longer asks its referrers API, so signatures and attestations are \
                 found by tags alone",
        )
        .help("remove the table");
    }
}
