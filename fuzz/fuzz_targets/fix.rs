//! Fixes of all rules on any text: what a fix promises is kept, and the result is a fixed point.

#![no_main]

use bklint::session::Session;
use bklint::settings::Settings;
use bklint::world::Memory;
use bklint_fuzz::{NOW, all_rules, fixes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let world = Memory { now: NOW, ..Memory::default() };
    let session = Session::new(Settings::default(), all_rules(), &world);
    let faults = fixes::faults(&session, text);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
});
