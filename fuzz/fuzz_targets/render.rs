//! Any bytes and any name through the whole program in every format: what is for programs can be
//! read by them, and what is for people obeys no byte of the file.

#![no_main]

use bklint::world::Memory;
use bklint_fuzz::{NOW, bklint, visible};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((&pick, rest)) = data.split_first() else { return };
    let (name, text) = rest.split_at(usize::from(pick).min(rest.len()) / 8);
    let name = format!("--stdin-filename=/n/{}", String::from_utf8_lossy(name).replace('\0', "0"));
    let world = Memory { now: NOW, cwd: Some("/n".into()), ..Memory::default() };
    let print = |args: &[&str]| {
        let args = [args, &["-W", "pedantic", &name, "-"]].concat();
        String::from_utf8(bklint(&args, &world, text).stdout).expect("output is UTF-8")
    };
    visible(&print(&["--format=human", "--color=never", "--verbose"]));
    visible(&print(&["--format=concise"]));
    visible(&print(&["--format=github"]));
    visible(&print(&["--format=markdown"]));
    // A patch keeps tabs and the ends of lines.
    visible(&print(&["--diff", "--unsafe-fixes"]).replace("\r\n", "\n").replace('\t', " "));
    for format in ["json", "sarif", "gitlab"] {
        let text = print(&[&format!("--format={format}")]);
        serde_json::from_str::<Value>(&text).expect("output is JSON");
    }
    for line in print(&["--format=rdjson"]).lines() {
        serde_json::from_str::<Value>(line).expect("output is JSON");
    }
    let xml = print(&["--format=junit"]);
    let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    assert!(!xml.contains(forbidden), "no XML may hold it");
});
