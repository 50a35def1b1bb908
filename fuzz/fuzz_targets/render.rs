//! Any bytes and any name in every format: what is for programs can be read by them, and what is
//! for people obeys no byte of the file.

#![no_main]

use std::io;

use bklint::page;
use bklint::render::diff::diff;
use bklint::render::human::{closing, human};
use bklint::render::{
    RuleInfo, Style, concise, github, gitlab, json, junit, markdown, rdjson, sarif,
};
use bklint::report::Report;
use bklint::rules::RULES;
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::world::Memory;
use bklint_fuzz::{NOW, all_rules, visible};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn print(render: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("a `Vec` takes all");
    String::from_utf8(out).expect("output is UTF-8")
}

fn read(text: &str) {
    serde_json::from_str::<Value>(text).expect("output is JSON");
}

fuzz_target!(|data: &[u8]| {
    let Some((&pick, rest)) = data.split_first() else { return };
    let (name, text) = rest.split_at(usize::from(pick).min(rest.len()) / 8);
    let world = Memory { now: NOW, ..Memory::default() };
    let session = Session::new(Settings::default(), all_rules(), &world);
    let name = format!("/n/{}", String::from_utf8_lossy(name));
    let file = session.check(Source::new(name.as_str(), text.to_vec()));
    let infos = file.findings.iter().filter_map(|finding| {
        let rule = RULES.iter().find(|rule| rule.id == finding.rule)?;
        let front = rule.front();
        Some(RuleInfo {
            id: rule.id,
            summary: page::summary(rule.page),
            description: String::new(),
            markdown: page::body(rule.page),
            level: front.level,
            configured: finding.level,
            impact: front.impact,
        })
    });
    let infos: Vec<_> = infos.collect();
    // A patch keeps tabs and the ends of lines.
    let style = Style { color: false, width: 80, verbose: true, links: false };
    let patch = diff(&name, file.source.text(), "debug = true\n", &style);
    visible(&patch.replace("\r\n", "\n").replace('\t', " "));

    let report = Report { files: vec![file], ..Report::default() };
    visible(&print(|out| human(&report, &style, out)));
    visible(&closing(&report, &style));
    visible(&print(|out| concise::concise(&report, out)));
    visible(&print(|out| github::github(&report, out)));
    visible(&print(|out| markdown::markdown(&report, out)));
    read(&print(|out| json::json(&report, &Value::Null, out)));
    read(&print(|out| sarif::sarif(&report, &infos, 0, out)));
    read(&print(|out| gitlab::gitlab(&report, out)));
    print(|out| rdjson::rdjson(&report, out)).lines().for_each(read);
    let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    let xml = print(|out| junit::junit(&report, out));
    assert!(!xml.contains(forbidden), "no XML may hold it");
});
