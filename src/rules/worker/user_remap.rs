//! A key that upstream calls unsupported.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "user_remap", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let off = worker.enabled.get() == Some(&false);
    let user = worker.user_remap_unsupported.field().filter(|user| !user.value.is_empty() && !off);
    if let Some(user) = user {
        sink.report(user.key, "`userRemapUnsupported` is for upstream's own tests")
            .key("worker.oci.userRemapUnsupported")
            .label("not finished, as its name says")
            .note(format!(
                "if `{}` is no user of the machine with subordinate ids, buildkitd ends at start",
                user.value
            ))
            .help("to build without root, run the daemon rootless");
    }
}
