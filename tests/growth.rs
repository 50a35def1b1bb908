//! A file four times as large costs about four times as much, whatever there is much of in it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Duration;

use bklint::levels::Levels;
use bklint::render::Style;
use bklint::render::{concise, github, gitlab, human, json, junit, markdown, rdjson, sarif};
use bklint::report::Report;
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::world::Memory;

#[path = "support/shapes.rs"]
mod shapes;

/// Bytes of the smaller file; the larger one has four times as many.
const SMALL: usize = if cfg!(debug_assertions) { 6_000 } else { 100_000 };

/// What the larger file may cost, as a multiple: less than half of what it would be if each byte
/// were paid for by all the others.
const LIMIT: u32 = 8;

/// Less time than this says nothing.
const NOTHING: Duration = Duration::from_millis(20);

const STYLE: Style = Style { color: false, width: 80, verbose: true, links: false };

type Printer = fn(&Report, &mut Vec<u8>) -> std::io::Result<()>;

const PRINTERS: [(&str, Printer); 9] = [
    ("human", |report, out| human::human(report, &STYLE, out)),
    ("concise", |report, out| concise::concise(report, out)),
    ("json", |report, out| json::json(report, &serde_json::Value::Null, out)),
    ("sarif", |report, out| sarif::sarif(report, &[], 1, out)),
    ("github", |report, out| github::github(report, out)),
    ("gitlab", |report, out| gitlab::gitlab(report, out)),
    ("junit", |report, out| junit::junit(report, out)),
    ("rdjson", |report, out| rdjson::rdjson(report, out)),
    ("markdown", |report, out| markdown::markdown(report, out)),
];

/// The processor's time that this thread has used, which other programs hardly add to.
#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// The time since some point.
#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// The time of each step: the rules, then all formats.
fn costs(text: &str) -> Vec<(&'static str, Duration)> {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let start = now();
    let file = session.check(Source::new("buildkitd.toml", text.into()));
    let mut costs = vec![("check", now().saturating_sub(start))];
    let report = Report { files: vec![file], ..Report::default() };
    for (name, print) in PRINTERS {
        let mut out = Vec::new();
        let start = now();
        print(&report, &mut out).unwrap();
        costs.push((name, now().saturating_sub(start)));
    }
    costs
}

/// Takes the lower of each: other programs only ever add to what is measured.
fn lower(known: &mut Vec<(&'static str, Duration)>, new: Vec<(&'static str, Duration)>) {
    if known.is_empty() {
        *known = new;
    } else {
        known.iter_mut().zip(new).for_each(|(old, new)| old.1 = old.1.min(new.1));
    }
}

#[test]
fn cost_grows_with_the_size() {
    let mut steep = Vec::new();
    for shape in shapes::SHAPES {
        let (small, large) = (shape.text(SMALL), shape.text(4 * SMALL));
        let (mut low, mut high) = (Vec::new(), Vec::new());
        let too_much = |low: &[(&str, Duration)], high: &[(&str, Duration)]| {
            let both = low.iter().zip(high);
            let over = both.filter(|(low, high)| high.1 > NOTHING && high.1 > low.1 * LIMIT);
            let names = over.map(|(low, high)| format!("{} {:?} {:?}", low.0, low.1, high.1));
            names.collect::<Vec<_>>()
        };
        // As a rule once is enough; a busy machine needs more tries until none is disturbed.
        for _ in 0..10 {
            lower(&mut low, costs(&small));
            lower(&mut high, costs(&large));
            if too_much(&low, &high).is_empty() {
                break;
            }
        }
        steep.extend(too_much(&low, &high).iter().map(|cost| format!("{}: {cost}", shape.name)));
    }
    assert!(steep.is_empty(), "{steep:#?}");
}
