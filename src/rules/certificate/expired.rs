//! A certificate whose time is over.

use crate::cert::{CertFile, Certificate, Validity, validity};
use crate::clock;
use crate::report::Level;
use crate::rules::certificate::files::{Named, Role, all, days, facts, relevant};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "expired", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in all(context).into_iter().filter(|file| !file.idle) {
        let Some(Ok(parsed)) = file.load(context) else { continue };
        let over = |one: &&Certificate| matches!(validity(one, now), Validity::Expired { .. });
        let shown = relevant(&parsed, file.role);
        let others = shown.iter().any(|one| now >= one.not_before && now <= one.not_after);
        for certificate in shown.iter().filter(over) {
            // Old and new root of one authority may stand side by side.
            let renewed =
                |one: &Certificate| one.subject == certificate.subject && one.not_after >= now;
            if !shown.iter().any(renewed) {
                report(sink, &file, &parsed, certificate, others, now);
            }
        }
    }
}

fn report(
    sink: &mut Sink<'_>,
    file: &Named<'_>,
    parsed: &CertFile,
    certificate: &Certificate,
    others: bool,
    now: i64,
) {
    let ago = match clock::days_between(certificate.not_after, now) {
        0 => "today".to_owned(),
        count => format!("{} ago", days(count)),
    };
    let finding = sink.report(file.span, format!("{} expired {ago}", file.role.name()));
    file.describe(finding);
    finding
        .label(match parsed.certificates.len() {
            1 => "holds one certificate, this one".to_owned(),
            count => format!("one of its {count} certificates, in line {}", certificate.place.line),
        })
        .note(facts(certificate, now))
        .fact("not_after", clock::date(certificate.not_after))
        .fact("sha256", certificate.sha256.clone());
    if others {
        finding.level(Level::Note);
    }
    match file.role {
        Role::RegistryCa => finding
            .note(
                "the daemon starts; a server whose chain ends here is refused with \"x509: \
                 certificate has expired or is not yet valid\"",
            )
            .help("add the new root to this file; the old one may stay beside it"),
        Role::ClientCa => finding
            .note("the daemon starts; a client whose chain ends here is refused")
            .help("add the new root to this file; the old one may stay beside it"),
        Role::ServerCert => finding
            .note("the daemon starts; clients refuse to talk to it")
            .help("renew the certificate and start the daemon again"),
        _ => finding
            .note("the daemon starts; a registry that asks for a certificate refuses this one")
            .help("renew the certificate"),
    };
}
