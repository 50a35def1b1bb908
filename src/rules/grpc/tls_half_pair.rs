//! `cert` without `key`, or the reverse.

use crate::rules::grpc::address::tls_files;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "tls_half_pair", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = &context.decoded.config.grpc.tls;
    let (there, lacking, field) = match tls_files(tls) {
        Some((true, false, _)) => ("cert", "key", tls.cert.field()),
        Some((false, true, _)) => ("key", "cert", tls.key.field()),
        _ => return,
    };
    let Some(field) = field else { return };
    sink.report(field.key, format!("`grpc.tls` has `{there}` without `{lacking}`"))
        .key(format!("grpc.tls.{there}"))
        .label(format!("needs `{lacking}` beside it"))
        .note(
            "buildkitd reads the file, says \"you must specify key and cert file if one is \
             specified\" and exits",
        )
        .help(format!("add `{lacking}`, or remove `{there}`"));
}
