//! A registry is contacted in plain text, and the policy does not allow that.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "plain_http", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(globs, origin)| {
        Requirement::on("registry.*", origin)
            .when("http", Test::Is(Operand::Bool(true)))
            .must(":host", Test::like(&globs))
            .message("plain HTTP is not allowed for this registry")
    });
    allow.into_iter().collect()
}
