//! A certificate whose extended key usage is for something else.

use crate::cert::Purpose;
use crate::rules::certificate::shared::{report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "wrong_purpose", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live() {
        let (purpose, name) = match file.role {
            Role::ServerCert => (Purpose::ServerAuth, "serverAuth"),
            Role::RegistryCert => (Purpose::ClientAuth, "clientAuth"),
            _ => continue,
        };
        let Some(leaf) = file.leaf().filter(|leaf| !leaf.allows(&purpose)) else { continue };
        let finding = report(sink, file, format!("{} lacks `{name}`", file.role.name()));
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        if file.role == Role::ServerCert {
            finding.note(
                "the daemon starts; buildctl and buildx refuse it with \"x509: certificate \
                 specifies an incompatible key usage\"",
            );
        } else {
            finding.note(
                "the daemon starts; a registry that verifies clients refuses it, and one that does \
                 not has no use for it",
            );
            if leaf.allows(&Purpose::ServerAuth) {
                finding.note("it is a server's; `keypair` is what buildkitd shows as a client");
            }
        }
        finding.help(format!("issue it with extended key usage `{name}`"));
    }
}
