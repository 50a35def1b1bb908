//! Signatures that must be there and may be anybody's.

use crate::model::{Rows, View};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cache", "any_signer", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let verify = &context.decoded.config.cache.gha.verify;
    let Some(required) = verify.required.field().filter(|required| required.value) else { return };
    let policy = &verify.policy.body;
    let open = |at: usize| match policy.view(at) {
        // What could not be read may name somebody.
        Some(View::Str(leaf)) => leaf.is_absent() || leaf.get().is_some_and(|text| text.is_empty()),
        _ => true,
    };
    if (0..policy.keys().len()).all(open) {
        sink.report(required.key, "`verify.required` takes a signature of anybody")
            .key("cache.gha.verify.required")
            .label("no field of the policy says whose")
            .note("buildkitd compares only the fields that are set; any valid signature passes")
            .help(
                "name the signer in `[cache.gha.verify.policy]`, such as `sourceRepositoryURI` or \
                 `buildSignerURI`",
            );
    }
}
