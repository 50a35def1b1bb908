//! Two registry tables for one server.

use crate::effective::is_domain;
use crate::hosts::content;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "near_duplicate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for (at, entry) in config.registry.iter().enumerate() {
        let plain = |name: &str| name.strip_suffix(":443").unwrap_or(name).to_ascii_lowercase();
        let name = plain(&entry.name);
        let earlier = config.registry.iter().take(at).find(|other| plain(&other.name) == name);
        let earlier = earlier.filter(|_| is_domain(&entry.name));
        let Some(earlier) = earlier else { continue };
        sink.report(
            content(context.source, entry.key),
            format!("`{}` and `{}` are one server with two tables", earlier.name, entry.name),
        )
        .label("looked up byte by byte")
        .also(content(context.source, earlier.key), "not merged with this one")
        .note("an image gets the settings of the table that is written exactly as its own host");
    }
}
