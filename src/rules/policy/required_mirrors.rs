//! A registry lacks a mirror that the policy requires.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Param, Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "required_mirrors", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let mut all = Vec::new();
    for Param { name: registry, value, origin, .. } in &params.values {
        for mirror in value.array().unwrap_or_default().iter().filter_map(|item| item.text()) {
            let key = format!("registry.\"{registry}\"");
            let wanted = Test::Is(Operand::Text(mirror.to_owned()));
            all.push(Requirement::on(&key, origin).must("mirrors[any]", wanted));
        }
    }
    all
}
