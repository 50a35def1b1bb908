//! A worker offers a platform that the policy does not allow.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "platforms", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(names, origin)| {
        let names = names.into_iter().map(Operand::Text).collect();
        Requirement::on("worker.used.platforms[each]", origin).must(".", Test::OneOf(names))
    });
    allow.into_iter().collect()
}
