//! Build steps get a network that the policy does not allow.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "network_mode", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(modes, origin)| {
        let modes = modes.into_iter().map(Operand::Text).collect();
        Requirement::on("worker.used", origin).must("networkMode", Test::OneOf(modes))
    });
    allow.into_iter().collect()
}
