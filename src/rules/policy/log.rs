//! The daemon logs in a format or at a level that the policy does not allow.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "log", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let mut all = Vec::new();
    for (name, key) in [("formats", "format"), ("levels", "level")] {
        if let Some((names, at)) = params.texts(name) {
            let names = names.into_iter().map(Operand::Text).collect();
            all.push(Requirement::on("log", at).must(key, Test::OneOf(names)));
        }
    }
    all
}
