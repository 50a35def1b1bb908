//! A certificate whose time is over.

use crate::cert::{Certificate, Validity, validity};
use crate::clock;
use crate::report::Level;
use crate::rules::certificate::shared::{days, first, more, refuser, renewal, report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "expired", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in context.tls().live() {
        let over = |one: &Certificate| matches!(validity(one, now, None), Validity::Expired { .. });
        let all = file.judged();
        let expired = all.iter().filter(|one| over(one));
        let Some((certificate, others)) = first(expired) else { continue };
        let ago = match clock::days_between(certificate.not_after, now) {
            0 => "today".to_owned(),
            count => format!("{} ago", days(count)),
        };
        let finding = report(sink, file, format!("{} expired {ago}", file.role.name()));
        finding.label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, others);
        // Old and new root of one authority stand side by side; a bundle has many of either kind.
        if all.iter().any(|one| now >= one.not_before && !over(one)) {
            finding.level(Level::Note).note("the file holds valid ones too, which still count");
            finding.help("take it out when no server needs it any more");
            continue;
        }
        finding.note(format!(
            "the daemon starts; {} with \"x509: certificate has expired or is not yet valid\"",
            refuser(file.role)
        ));
        finding.help(renewal(file.role));
    }
}
