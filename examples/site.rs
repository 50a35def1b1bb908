//! Writes the rules' pages as a tree of plain Markdown with an index, ready for any site
//! generator: `cargo run --example site -- FOLDER`.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a tool, not the linter")]

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use bklint::page;
use bklint::rules::RULES;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: site FOLDER");
        return ExitCode::from(2);
    };
    match pages().into_iter().try_for_each(|(name, text)| {
        let path = folder.join(name);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(path, text)
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("site: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}

/// Names and texts of all pages, the index first.
fn pages() -> Vec<(String, String)> {
    let mut index = String::from("# Rules\n");
    let mut pages = Vec::new();
    let mut group = "";
    for rule in RULES {
        let front = rule.front();
        let (id, name) = (rule.id, rule.id.replace("::", "/") + ".md");
        if rule.group() != group {
            group = rule.group();
            // Writing to a `String` cannot fail.
            _ = write!(
                index,
                "\n## {group}\n\n| rule | level | what it finds |\n| --- | --- | --- |\n"
            );
        }
        let level = format!("{:?}", front.level).to_lowercase();
        let impact = format!("{:?}", front.impact).to_lowercase();
        let summary = page::summary(rule.page).replace('|', "\\|");
        _ = writeln!(index, "| [{id}]({name}) | {level} | {summary} |");
        let facts = format!(
            "| level | impact | fix | since |\n| --- | --- | --- | --- |\n| {level} | {impact} | {} | {} |",
            front.fix, front.since
        );
        pages.push((name, format!("# {id}\n\n{facts}\n\n{}", page::body(rule.page))));
    }
    pages.insert(0, ("README.md".into(), index));
    pages
}
