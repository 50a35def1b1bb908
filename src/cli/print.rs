//! Commands that print what the program knows.

use std::fmt::Write as _;

use clap_complete::Shell;

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
pub fn schema(name: Schema) -> String {
    let schema = match name {
        Schema::Buildkitd => crate::schema::json_schema(crate::decode::root_keys()),
        Schema::Config => crate::config::keys::json_schema(),
        Schema::Report => return crate::render::json::SCHEMA.to_owned(),
    };
    format!("{schema:#}\n")
}

/// What a shell needs to complete arguments.
pub fn completions(shell: Shell, mut command: clap::Command) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut out);
    out
}

/// The manual page, in roff.
pub fn man(mut command: clap::Command) -> Vec<u8> {
    command.build();
    let mut out = Vec::new();
    // Writing to a `Vec` cannot fail.
    _ = clap_mangen::Man::new(command).render(&mut out);
    out
}
