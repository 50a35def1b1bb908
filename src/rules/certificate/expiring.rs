//! A certificate whose time is nearly over.

use crate::cert::{Certificate, Validity, validity};
use crate::clock;
use crate::rules::certificate::shared::{days, report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "expiring", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let (now, within) = (context.now(), context.settings.expires_within);
    for file in context.tls().live() {
        for certificate in file.judged() {
            let Validity::Expiring { until } = validity(certificate, now, within) else {
                continue;
            };
            // Its successor stands beside it already.
            let successor = |one: &Certificate| {
                one.subject_der == certificate.subject_der && one.not_after > until
            };
            if file.judged().iter().any(successor) {
                continue;
            }
            let left = match clock::days_between(now, until) {
                0 => "today".to_owned(),
                count => format!("in {}", days(count)),
            };
            let finding = report(sink, file, format!("{} expires {left}", file.role.name()));
            finding.label(which(file, certificate));
            show(finding, context, file, certificate);
            finding.help(match file.role {
                Role::RegistryCa => "add the new root to this file; the old one may stay beside it",
                Role::ClientCa => {
                    "add the new root to this file, and restart the daemon to have it read"
                }
                Role::ServerCert => {
                    "renew it, and restart the daemon, which reads it at start only"
                }
                _ => "renew the certificate",
            });
        }
    }
}
