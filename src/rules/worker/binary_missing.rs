//! An OCI runtime that is not installed.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "binary_missing", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let on = worker.enabled.get() != Some(&false);
    let Some(binary) = worker.binary.field().filter(|binary| on && !binary.value.is_empty()) else {
        return;
    };
    match context.program(&binary.value) {
        Ok(Some(_)) => {}
        Err(reason) => sink.start_unchecked(format!("the program `{}`", binary.value), reason),
        Ok(None) => {
            let finding = sink
                .report(binary.span, format!("runtime `{}` is not a program here", binary.value))
                .key("worker.oci.binary")
                .label("the only one that buildkitd tries")
                .note(format!("buildkitd ends with \"failed to find {} binary\"", binary.value));
            if binary.value.contains(char::is_whitespace) {
                finding.help("write the name alone; arguments are not possible");
            } else {
                finding.help("install it, or leave the line out for `buildkit-runc` or `runc`");
            }
        }
    }
}
