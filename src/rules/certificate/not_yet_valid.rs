//! A certificate whose time has not come.

use crate::cert::{Validity, validity};
use crate::clock;
use crate::report::Level;
use crate::rules::certificate::shared::{days, first, more, refuser, report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_yet_valid", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in context.tls().live() {
        let valid = file.judged().iter().any(|one| now >= one.not_before && now <= one.not_after);
        let waiting = file.judged().iter().filter_map(|one| match validity(one, now, None) {
            Validity::NotYet { from } => Some((one, from)),
            _ => None,
        });
        let Some(((certificate, from), others)) = first(waiting) else { continue };
        let ahead = match clock::days_between(now, from) {
            0 => "later today".to_owned(),
            count => format!("in {}", days(count)),
        };
        let finding = report(sink, file, format!("{} becomes valid {ahead}", file.role.name()));
        finding.label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, others);
        // A new root that waits beside the present one is good practice.
        if valid {
            finding.level(Level::Note).note("the file holds a valid one too, which counts");
            continue;
        }
        finding
            .note(format!(
                "the daemon starts; until then {} with \"x509: certificate has expired or is \
                     not yet valid\"",
                refuser(file.role)
            ))
            .help("use the former one until then; if it should be valid, check the clock");
    }
}
