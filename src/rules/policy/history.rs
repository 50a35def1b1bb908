//! Build records are kept longer, or more of them, than the policy allows.

use crate::policy::condition::Test;
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "history", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let mut all = Vec::new();
    for (name, key, least) in [
        ("min-age", "maxAge", true),
        ("max-age", "maxAge", false),
        ("min-entries", "maxEntries", true),
        ("max-entries", "maxEntries", false),
    ] {
        if let Some((bound, at)) = params.operand(name) {
            let test = if least { Test::Min(bound) } else { Test::Max(bound) };
            all.push(Requirement::on("history", at).must(key, test));
        }
    }
    all
}
