//! What bklint is made of: no more than is said.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn dependencies_have_a_reason_and_a_number() {
    let (manifest, pages) = (read("Cargo.toml"), read("ARCHITECTURE.md"));
    let manifest: toml_edit::Document<&str> = toml_edit::Document::parse(&*manifest).unwrap();
    let mut names = Vec::new();
    let mut add = |table: Option<&toml_edit::Item>| {
        let table = table.and_then(toml_edit::Item::as_table_like).unwrap();
        names.extend(table.iter().map(|(name, _)| name.to_owned()));
    };
    add(manifest.get("dependencies"));
    add(manifest.get("dev-dependencies"));
    let systems = manifest["target"].as_table_like().unwrap();
    systems.iter().for_each(|(_, system)| add(system.get("dependencies")));
    assert!(names.len() > 10, "{names:?}");
    let section =
        pages.split("## What it stands on").nth(1).unwrap().split("\n## ").next().unwrap();
    for name in names {
        assert!(section.contains(&format!("`{name}`")), "ARCHITECTURE.md has no reason for {name}");
    }
    let all = read("Cargo.lock").matches("[[package]]").count();
    assert!(section.contains(&format!("\n{all} packages ")), "Cargo.lock has {all} packages");
}

#[test]
fn nothing_runs_while_it_is_built() {
    let manifest = read("Cargo.toml");
    assert!(!manifest.contains("build =") && !manifest.contains("build-dependencies"));
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs").exists());
}
