//! Folders of certificates, which buildx leaves behind.

use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "tlsconfigdir_not_copied", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for registry in context.decoded.config.registry.iter() {
        for folder in registry.tlsconfigdir.items().iter().filter(|item| !item.value.is_empty()) {
            if driver(context, sink).is_none() {
                return;
            }
            sink.report(folder.span.inner(), "buildx does not copy `tlsconfigdir`")
            .label("not in the builder")
            .also(registry.key.inner(), "contacted without these certificates")
            .note(
                "buildkitd passes over a folder that is missing without a word; pulls and pushes \
                 then fail with \"x509: certificate signed by unknown authority\"",
            )
            .help("name the files in `ca` and `keypair`, which buildx copies");
        }
    }
}
