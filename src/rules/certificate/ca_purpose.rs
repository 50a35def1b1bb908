//! A CA that may not vouch for the other side.

use crate::cert::Purpose;
use crate::rules::certificate::shared::{report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "ca_purpose", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live().filter(|file| file.role.is_ca()) {
        let (purpose, name, whose) = match file.role {
            Role::RegistryCa => (Purpose::ServerAuth, "serverAuth", "a server"),
            _ => (Purpose::ClientAuth, "clientAuth", "a client"),
        };
        for certificate in file.judged() {
            // One that may not sign at all is another rule's.
            if certificate.allows(&purpose) || !certificate.may_sign() {
                continue;
            }
            let finding = report(sink, file, format!("CA certificate does not allow `{name}`"));
            finding.label(which(file, certificate));
            show(finding, context, file, certificate);
            finding
                .note(format!(
                    "{whose} whose chain ends here is refused with \"x509: certificate specifies \
                     an incompatible key usage\""
                ))
                .help(format!("name a CA without extended key usage, or with `{name}` in it"));
        }
    }
}
