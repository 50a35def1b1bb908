//! The daemon listens on an address that the policy does not allow.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "bind", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let tcp = |key: &str, origin| {
        let tcp = Test::Is(Operand::Text("tcp".to_owned()));
        Requirement::on(key, origin).when(":scheme", tcp)
    };
    let mut all = Vec::new();
    for key in ["grpc.address[each]", "grpc.debugAddress"] {
        if let Some(origin) = params.switch("wildcard", false) {
            let wild = ["0.0.0.0", "::", ""].map(|host| Operand::Text(host.to_owned()));
            all.push(tcp(key, origin).must(":host", Test::NotOneOf(wild.into())));
        }
        if let Some((globs, origin)) = params.texts("allow") {
            all.push(tcp(key, origin).must(":host", Test::like(&globs)));
        }
    }
    all
}
