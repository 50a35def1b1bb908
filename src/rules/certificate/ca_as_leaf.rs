//! A CA's certificate that is shown as if it were a server's or client's.

use crate::report::Level;
use crate::rules::certificate::shared::{report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "ca_as_leaf", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live() {
        let Some(leaf) = file.leaf().filter(|leaf| leaf.is_ca()) else { continue };
        let finding = report(sink, file, format!("{} is that of a CA", file.role.name()));
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        finding.note("it works; the key beside it can issue certificates that are trusted like it");
        finding.help("have the CA issue a certificate for this daemon, and keep its key elsewhere");
        // What `openssl req -x509` makes for a single server.
        if leaf.is_self_issued() && leaf.has_alternative_names {
            finding.level(Level::Note);
        }
    }
}
