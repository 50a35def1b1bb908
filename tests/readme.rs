//! Holds the README against the program: the example's output and the table of rules.
//!
//! With `INSTA_UPDATE=always` the README is brought up to date instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::fmt::Write;
use std::process::Command;

use bklint::page;
use bklint::rules::RULES;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Compares what stands between two markers, or writes it.
fn hold(marker: &str, wanted: &str) {
    let readme = std::fs::read_to_string(README).unwrap();
    let (open, close) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let start = readme.find(&open).expect("an opening marker") + open.len();
    let end = start + readme[start..].find(&close).expect("a closing marker");
    if &readme[start..end] == wanted {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let text = format!("{}{wanted}{}", &readme[..start], &readme[end..]);
        std::fs::write(README, text).unwrap();
    } else {
        panic!("README.md, {marker}: should be\n{wanted}\nrun INSTA_UPDATE=always cargo test");
    }
}

#[test]
fn the_readme_tells_the_truth() {
    let output = Command::new(env!("CARGO_BIN_EXE_bklint"))
        .arg("examples/buildkitd.toml")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let text = format!(
        "```text\n{}\n{}```\n",
        String::from_utf8(out).unwrap().trim_end(),
        String::from_utf8(err).unwrap()
    );
    hold("output", &text);
    assert_eq!(output.status.code(), Some(1));

    let route = Command::new(env!("CARGO_BIN_EXE_bklint"))
        .args(["route", "alpine", "examples/buildkitd.toml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap();
    let route = String::from_utf8(route.stdout).unwrap();
    hold("route", &format!("```text\n$ bklint route alpine examples/buildkitd.toml\n{route}```\n"));

    let mut table = String::from("| rule | level | what it finds |\n| --- | --- | --- |\n");
    for rule in RULES {
        let front = rule.front();
        let path = rule.id.replace("::", "/");
        let level = format!("{:?}", front.level).to_lowercase();
        let summary = page::summary(rule.page).replace('|', "\\|");
        writeln!(table, "| [`{}`](rules/{path}.md) | {level} | {summary} |", rule.id).unwrap();
    }
    hold("rules", &table);
}

/// The release that users are told to take is this one.
#[test]
fn every_version_is_this_one() {
    let version = env!("CARGO_PKG_VERSION");
    let pages = [
        "README.md",
        "docs/github.md",
        "docs/gitlab.md",
        "docs/pre-commit.md",
        "docs/setup-buildx-action.md",
        "pyproject.toml",
        "templates/bklint.yml",
    ];
    for page in pages {
        let path = format!("{}/{page}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let mut count = 0;
        for mark in ["rev: v", "bklint@v", "bklint/v", "version = \"", "bklint==", "default: "] {
            for named in text.split(mark).skip(1) {
                let end = named.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap();
                let named = &named[..end];
                if named.contains('.') {
                    assert_eq!(named, version, "{page}, behind `{mark}`");
                    count += 1;
                }
            }
        }
        assert!(count > 0, "{page} names no version");
    }
}
