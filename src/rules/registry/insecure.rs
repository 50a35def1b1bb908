//! Certificates of a registry are not verified.

use crate::hosts::{content, is_private, is_public};
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "insecure", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let Some(insecure) = entry.insecure.field().filter(|field| field.value) else { continue };
        // With `http`, with `ca`, beside mirrors, or where nothing leads to the table, other rules
        // say it better.
        if entry.http.is_true()
            || !entry.ca.items().is_empty()
            || !table.is_reached()
            || !table.stranded().is_empty()
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
