//! A CA that may not vouch for the other side.

use crate::cert::{Certificate, Purpose};
use crate::report::Level;
use crate::rules::certificate::shared::{first, more, report, show, which};
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
        // One that may not sign at all is another rule's.
        let useless = |one: &&Certificate| one.may_sign() && !one.allows(&purpose);
        let useless = file.judged().iter().filter(useless);
        let Some((certificate, others)) = first(useless) else { continue };
        let finding = report(sink, file, format!("CA certificate does not allow `{name}`"));
        finding.label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, others);
        // A bundle may hold CAs for several purposes.
        if file.judged().iter().any(|one| one.may_sign() && one.allows(&purpose)) {
            finding.level(Level::Note);
        }
        finding
            .note(format!(
                "{whose} whose chain ends here is refused with \"x509: certificate specifies \
                     an incompatible key usage\""
            ))
            .help(format!("name a CA without extended key usage, or with `{name}` in it"));
    }
}
