//! Certificates of a registry are not verified.

use crate::hosts::{content, is_private, is_public, stranded};
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "insecure", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    // Of a table that nothing leads to, another rule speaks.
    for entry in config.registry.iter().filter(|entry| context.mirrors().lead_to(&entry.name)) {
        let Some(insecure) = entry.insecure.field().filter(|field| field.value) else { continue };
        // With `http`, with `ca`, or beside mirrors, other rules say it better.
        if entry.http.is_true()
            || !entry.ca.items().is_empty()
            || !stranded(config, entry).is_empty()
        {
            continue;
        }
        let name = &*entry.name;
        let finding = sink
            .report(
                insecure.key.to(insecure.span),
                format!("certificates of `{name}` are not verified"),
            )
            .also(content(context.source, entry.key), "pulls and pushes take any certificate")
            .note(
                "buildkitd still speaks HTTPS only, unless `http = true` is set too or the host \
                   is localhost",
            );
        if is_public(name) {
            finding.help("remove it; the certificate of a public registry is trusted everywhere");
        } else {
            finding.help("name the registry's own certificate authority in `ca` instead");
        }
        if is_private(name) {
            finding.level(Level::Note);
        }
    }
}
