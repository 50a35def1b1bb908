//! Runs what the pages in `docs/` tell people to run.
//!
//! Attributes of a fence: `file=NAME` writes it to a scratch folder, `run` runs it there with
//! `exit=CODE`, `output` is what the last run printed on standard output. Commands of programs that
//! are not everywhere bear none. With `INSTA_UPDATE=always` the pages are brought up to date.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test")]

#[path = "support/scratch.rs"]
mod scratch;

use std::path::Path;
use std::process::Command;

use bklint::page;
use scratch::{Run, Scratch};

/// Runs a page; how many commands that were.
fn run(path: &Path) -> usize {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let page = path;
    let mut current = text.clone();
    let scratch = Scratch::new(name, &[]);

    let bin = Path::new(env!("CARGO_BIN_EXE_bklint")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let (mut printed, mut count) = (String::new(), 0);
    for fence in page::fences(&text) {
        if let Some(file) = fence.value("file") {
            scratch.write(file, fence.text);
        } else if fence.has("run") {
            let run: Run = Command::new("bash")
                .args(["-uo", "pipefail", "-c", fence.text])
                .current_dir(&scratch.0)
                .env_clear()
                .envs([("PATH", path.as_str()), ("HOME", "/nonexistent")])
                .output()
                .unwrap()
                .into();
            let wanted = fence.value("exit").unwrap_or_else(|| panic!("{name}: no exit code"));
            assert_eq!(run.code.to_string(), wanted, "{name}: {}{}", fence.text, run.stderr);
            printed = run.stdout;
            count += 1;
        } else if fence.has("output") {
            current = current.replacen(fence.text, &printed, 1);
        }
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(page, current).unwrap();
    } else {
        assert_eq!(current, text, "{name}: a command prints something else");
    }
    count
}

#[test]
fn the_pages_tell_the_truth() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let count: usize = pages
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| run(&path))
        .sum();
    assert!(count >= 10, "only {count} commands were run");
}
