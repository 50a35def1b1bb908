//! Commands that print what the program knows.

use std::fmt::Write as _;

use super::args::Schema;
use crate::levels::find_rule;
use crate::page;
use crate::render::level_word;
use crate::report::Level;
use crate::rules::RULES;

/// The page of a rule.
pub fn explain(id: &str) -> Result<&'static str, String> {
    find_rule(id).map(|rule| page::body(rule.page)).map_err(|error| error.to_string())
}

/// All rules, a line each.
pub fn rules() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in RULES {
        let level = match rule.front().level {
            Level::Allow => "allow",
            level => level_word(level),
        };
        _ = writeln!(out, "{:width$}  {level:7}  {}", rule.id, page::summary(rule.page));
    }
    out
}

/// A JSON Schema.
pub fn schema(name: Schema) -> Result<String, String> {
    match name {
        Schema::Buildkitd => {
            let schema = crate::schema::json_schema(crate::decode::root_keys());
            Ok(format!("{schema:#}\n"))
        }
        Schema::Report => Ok(crate::render::json::SCHEMA.to_owned()),
        Schema::Config => Err("this version has no JSON Schema of bklint.toml".to_owned()),
    }
}
