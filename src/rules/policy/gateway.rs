//! Any frontend image may run, or one that the policy does not allow.

use crate::policy::condition::Test;
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "gateway", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let key = "frontend.'gateway.v0'.allowedRepositories";
    let required = params.switch("required", true).or(params.get("allow").map(|(_, at)| at));
    let required = required.map(|origin| Requirement::on(key, origin).must(".", Test::Set(true)));
    let allow = params
        .texts("allow")
        .map(|(globs, origin)| Requirement::on(key, origin).must(".", Test::like(&globs)));
    required.into_iter().chain(allow).collect()
}
