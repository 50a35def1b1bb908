//! Two registry tables for one server.

use crate::effective::is_domain;
use crate::hash::HashMap;
use crate::hosts::content;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "near_duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    // No two names are the same, so one of a pair has a letter or the port that the other lacks.
    if !context.mirrors().tables().any(|table| table.upper || table.entry.name.ends_with(":443")) {
        return;
    }
    let mut seen = HashMap::default();
    for entry in config.registry.iter() {
        let plain = |name: &str| name.strip_suffix(":443").unwrap_or(name).to_ascii_lowercase();
        let name = plain(&entry.name);
        let earlier = *seen.entry(name).or_insert(entry);
        if std::ptr::eq(earlier, entry) || !is_domain(&entry.name) {
            continue;
        }
        sink.report(
            content(context.source, entry.key),
            format!("`{}` and `{}` are one server with two tables", earlier.name, entry.name),
        )
        .label("looked up byte by byte")
        .also(content(context.source, earlier.key), "not merged with this one")
        .note("an image gets the settings of the table that is written exactly as its own host");
    }
}
