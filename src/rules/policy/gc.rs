//! Garbage collection is off, or keeps more or less than the policy allows.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "gc", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let mut all = Vec::new();
    if let Some(at) = params.switch("required", true) {
        all.push(Requirement::on("worker.used", at).must("gc", Test::Is(Operand::Bool(true))));
    }
    for (name, key, least) in [
        ("min-reserved", "reservedSpace", true),
        ("max-reserved", "reservedSpace", false),
        ("min-used", "maxUsedSpace", true),
        ("max-used", "maxUsedSpace", false),
        ("min-free", "minFreeSpace", true),
    ] {
        if let Some((bound, at)) = params.operand(name) {
            let test = if least { Test::Min(bound) } else { Test::Max(bound) };
            all.push(Requirement::on("worker.used", at).must(key, test));
        }
    }
    all
}
