//! A certificate whose time is nearly over.

use crate::cert::{Validity, validity};
use crate::clock;
use crate::rules::certificate::shared::{days, first, more, renewal, report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "expiring", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let (now, within) = (context.now(), context.settings.expires_within);
    for file in context.tls().live() {
        let all = file.judged();
        let ending = all.iter().filter_map(|one| match validity(one, now, within) {
            Validity::Expiring { until } => Some((one, until)),
            _ => None,
        });
        // Its successor may stand beside it already.
        let last = ending.filter(|(one, until)| {
            !all.iter()
                .any(|other| other.not_after > *until && other.subject_der == one.subject_der)
        });
        let Some(((certificate, until), others)) = first(last) else { continue };
        let left = match clock::days_between(now, until) {
            0 => "today".to_owned(),
            count => format!("in {}", days(count)),
        };
        let finding = report(sink, file, format!("{} expires {left}", file.role.name()));
        finding.label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, others);
        finding.help(renewal(file.role));
    }
}
