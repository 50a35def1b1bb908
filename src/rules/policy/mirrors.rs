//! A mirror is one that the policy does not allow.

use crate::policy::condition::Test;
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "mirrors", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let allow = params.texts("allow").map(|(globs, origin)| {
        Requirement::on("registry.*.mirrors[each]", origin)
            .must(".", Test::like(&globs))
            .message("the mirror is not an allowed one")
    });
    let deny = params.texts("deny").map(|(globs, origin)| {
        Requirement::on("registry.*.mirrors[each]", origin)
            .must(".", Test::unlike(&globs))
            .message("the mirror is a forbidden one")
    });
    allow.into_iter().chain(deny).collect()
}
