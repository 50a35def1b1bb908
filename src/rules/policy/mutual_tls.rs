//! A TCP listener takes clients without a certificate.

use crate::policy::condition::{Operand, Test};
use crate::policy::{Params, Requirement};
use crate::rules::Rule;

/// See the page.
pub static RULE: Rule = rule!(Policy, "policy", "mutual_tls", compile);

fn compile(params: &Params) -> Vec<Requirement> {
    let required = params.switch("required", true).map(|origin| {
        Requirement::on("grpc", origin)
            .when("address[any]:scheme", Test::Is(Operand::Text("tcp".to_owned())))
            .must("tls.cert", Test::Set(true))
            .must("tls.key", Test::Set(true))
            .must("tls.ca", Test::Set(true))
    });
    required.into_iter().collect()
}
