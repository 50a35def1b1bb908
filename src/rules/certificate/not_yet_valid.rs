//! A certificate whose time has not come.

use crate::cert::{Validity, validity};
use crate::clock;
use crate::report::Level;
use crate::rules::certificate::files::{Role, all, days, facts, relevant};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_yet_valid", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let now = context.now();
    for file in all(context).into_iter().filter(|file| !file.idle) {
        let Some(Ok(parsed)) = file.load(context) else { continue };
        let shown = relevant(&parsed, file.role);
        let others = shown.iter().any(|one| now >= one.not_before && now <= one.not_after);
        for certificate in shown {
            let Validity::NotYet { from } = validity(certificate, now) else { continue };
            let ahead = match clock::days_between(now, from) {
                0 => "later today".to_owned(),
                count => format!("in {}", days(count)),
            };
            let finding =
                sink.report(file.span, format!("{} becomes valid {ahead}", file.role.name()));
            file.describe(finding);
            finding
                .label("not valid yet")
                .note(facts(certificate, now))
                .fact("not_before", clock::date(from))
                .fact("sha256", certificate.sha256.clone())
                .note(match file.role {
                    Role::RegistryCa => "the daemon starts; a server whose chain ends here is refused until then",
                    Role::ClientCa => "the daemon starts; a client whose chain ends here is refused until then",
                    Role::ServerCert => "the daemon starts; clients refuse to talk to it until then",
                    _ => "the daemon starts; a registry that asks for a certificate refuses this one until then",
                })
                .help("keep the former certificate until then; if it should be valid, check the clock");
            // A new root that waits beside the present one is good practice.
            if others {
                finding.level(Level::Note);
            }
        }
    }
}
