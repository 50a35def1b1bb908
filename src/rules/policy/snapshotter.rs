//! A worker uses a snapshotter that the policy does not allow.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "snapshotter", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(names, origin)| {
        let names = names.into_iter().map(Operand::Text).collect();
        Requirement::on("worker.used", origin).must("snapshotter", Test::OneOf(names))
    });
    allow.into_iter().collect()
}
