//! Devices of the machine can be handed to build steps.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "cdi", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let forbidden = params.switch("allowed", false).map(|origin| {
        Requirement::on("cdi", origin).must("disabled", Test::Is(Operand::Bool(true)))
    });
    forbidden.into_iter().collect()
}
