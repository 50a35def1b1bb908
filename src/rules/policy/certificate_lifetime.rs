//! A certificate is valid for less time, or for more, than the policy allows.

use crate::cert::Certificate;
use crate::clock::{DAY, days_between};
use crate::policy::Params;
use crate::rules::certificate::shared::{days, first, more, report, show, which};
use crate::rules::policy::shared::certificates;
use crate::rules::{Context, Rule, Sink};
use crate::tls::TlsFile;

/// See the page.
pub static RULE: Rule = rule!(Facts, "policy", "certificate_lifetime", check);

fn check(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in certificates(context, sink) {
        if let Some((least, origin)) = params.number("min-days-left")
            && let Some((certificate, others)) = first(ending(file, now, least))
        {
            let left = match certificate.not_after.saturating_sub(now) {
                0.. => format!("is valid for {} more", days((certificate.not_after - now) / DAY)),
                _ => format!("expired {} ago", days(days_between(certificate.not_after, now))),
            };
            let message = format!("{} {left}, expected at least {}", file.role.name(), days(least));
            let finding = report(sink, file, message).label(which(file, certificate));
            show(finding, context, file, certificate).labels.push(origin.label());
            more(finding, others);
            finding.help("renew it");
        }
        if let Some((most, origin)) = params.number("max-days")
            && let Some(leaf) = file.leaf()
            && leaf.not_after.saturating_sub(leaf.not_before) > most.saturating_mul(DAY)
        {
            let life = days(leaf.not_after.saturating_sub(leaf.not_before) / DAY);
            let role = file.role.name();
            let message = format!("{role} is valid for {life}, expected at most {}", days(most));
            let finding = report(sink, file, message).label(which(file, leaf));
            show(finding, context, file, leaf).labels.push(origin.label());
            finding.help("have it issued for a shorter time");
        }
    }
}

/// The certificates that are not valid for so many days more. Those aside that have a successor in
/// the file, and, beside valid ones, those whose time is over.
fn ending<'f>(
    file: &'f TlsFile<'_>,
    now: i64,
    least: i64,
) -> impl Iterator<Item = &'f Certificate> {
    let all = file.judged();
    let is_short =
        move |one: &Certificate| one.not_after.saturating_sub(now) < least.saturating_mul(DAY);
    let is_over = move |one: &Certificate| one.not_after < now;
    let some_valid = !all.iter().all(is_over);
    all.iter().filter(move |one| {
        let later = |other: &&Certificate| {
            other.subject_der == one.subject_der && other.not_after > one.not_after
        };
        is_short(one) && !(some_valid && is_over(one)) && !all.iter().any(|other| later(&other))
    })
}
