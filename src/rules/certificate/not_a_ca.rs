//! A certificate in a CA file that is no CA's.

use crate::cert::Certificate;
use crate::report::Level;
use crate::rules::certificate::shared::{first, more, report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_a_ca", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live().filter(|file| file.role.is_ca()) {
        let leaves = file.judged().iter().filter(|one| !one.may_sign());
        let Some((certificate, others)) = first(leaves) else { continue };
        let why = if certificate.is_ca() {
            "its key usage lacks `keyCertSign`"
        } else {
            "it is not marked as a CA"
        };
        let finding = report(sink, file, "CA file holds a certificate that is not a CA's");
        finding.label(which(file, certificate)).note(why);
        show(finding, context, file, certificate);
        more(finding, others);
        // A pin beside a CA does no harm.
        if file.judged().iter().any(Certificate::may_sign) {
            finding.level(Level::Note);
        }
        finding
            .note(match file.role {
                Role::RegistryCa => {
                    "it works as a pin: a server with this very certificate is accepted, until \
                         it is renewed; one that it has signed is refused with \"x509: certificate \
                         signed by unknown authority\""
                }
                _ => {
                    "it works as a pin: a client with this very certificate is accepted, and \
                         no other one is"
                }
            })
            .help("name the certificate of the CA that issued it");
    }
}
