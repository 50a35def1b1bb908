//! A key is missing that the policy requires, or there though it is forbidden.

use crate::policy::condition::Test;
use crate::policy::pattern::{Pattern, Target};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "keys", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let mut all = Vec::new();
    for (name, set) in [("required", true), ("forbidden", false)] {
        let Some((keys, origin)) = params.texts(name) else { continue };
        // What leads nowhere is a finding in the bklint.toml.
        let known = |key: &&String| {
            Pattern::parse(key).is_ok_and(|mut key| key.target(Target::root()).is_ok())
        };
        let keys = keys.iter().filter(known);
        all.extend(keys.map(|key| Requirement::on(key, origin).must(".", Test::Set(set))));
    }
    all
}
