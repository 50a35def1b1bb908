//! A registry's certificate is not verified, and the policy does not allow that.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "unverified", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(globs, origin)| {
        Requirement::on("registry.*", origin)
            .when("insecure", Test::Is(Operand::Bool(true)))
            .must(":host", Test::like(&globs))
            .message("this registry has to be verified")
    });
    allow.into_iter().collect()
}
