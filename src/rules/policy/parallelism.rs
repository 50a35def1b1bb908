//! The number of parallel build steps is outside the bounds of the policy.

use crate::policy::condition::Test;
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "parallelism", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let bounds = [
        params.operand("min").map(|(min, at)| (Test::Min(min), at)),
        params.operand("max").map(|(max, at)| (Test::Max(max), at)),
    ];
    let bounds = bounds.into_iter().flatten();
    bounds
        .map(|(test, at)| Requirement::on("worker.used", at).must("max-parallelism", test))
        .collect()
}
