//! A certificate whose time is nearly over.

use crate::cert::{Certificate, Validity, validity};
use crate::clock;
use crate::rules::certificate::files::{all, days, facts, relevant};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "expiring", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in all(context).into_iter().filter(|file| !file.idle) {
        let Some(Ok(parsed)) = file.load(context) else { continue };
        let shown = relevant(&parsed, file.role);
        for certificate in shown {
            let Validity::Expiring { until } = validity(certificate, now) else { continue };
            // Its successor stands beside it already.
            let successor =
                |one: &Certificate| one.subject == certificate.subject && one.not_after > until;
            if shown.iter().any(successor) {
                continue;
            }
            let left = match clock::days_between(now, until) {
                0 => "today".to_owned(),
                count => format!("in {}", days(count)),
            };
            let finding = sink.report(file.span, format!("{} expires {left}", file.role.name()));
            file.describe(finding);
            finding
                .label("valid for a short time only")
                .note(facts(certificate, now))
                .fact("not_after", clock::date(until))
                .fact("sha256", certificate.sha256.clone());
            if file.role.is_ca() {
                finding.help("add the new root to this file; the old one may stay beside it");
            } else {
                finding.help("renew the certificate");
            }
        }
    }
}
