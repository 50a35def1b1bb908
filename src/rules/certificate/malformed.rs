//! A certificate that Go refuses to parse.

use crate::cert::{Refusal, Trouble};
use crate::release::Release;
use crate::report::{Impact, Level};
use crate::rules::certificate::shared::{first, more, refuse, report};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "malformed", check);

/// The first release whose `go.mod` asks for Go 1.23, and with it for `x509negativeserial=0`.
const STRICT: Release = Release::new(21, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| !file.role.is_key()) {
        let Some(content) = file.content() else { continue };
        let accepted = |refusal: &Refusal| {
            let target = context.settings.buildkit;
            *refusal == Refusal::NegativeSerial && target.all_before(STRICT)
        };
        let refused = content.problems.iter().filter_map(|problem| match &problem.trouble {
            Trouble::Certificate(refusal) if !accepted(refusal) => {
                Some((problem.place.line, refusal))
            }
            _ => None,
        });
        let Some(((line, refusal), others)) = first(refused) else { continue };
        let name = file.role.name();
        // Of a pair's file only the first certificate is parsed when it is loaded.
        let shown = content.certificates.first().is_none_or(|one| one.place.line > line);
        let error = refusal.to_string();
        let message = format!("{name} is malformed");
        let finding = match file.role {
            Role::ClientCa if content.certificates.is_empty() => {
                refuse(sink, file, message, Some("failed to append ca cert"))
            }
            Role::RegistryCa | Role::ClientCa => {
                report(sink, file, message).impact(Impact::Ignored).note(
                    "buildkitd skips it without a word; who has a certificate of that CA is \
                     refused with \"x509: certificate signed by unknown authority\"",
                )
            }
            _ if shown => refuse(sink, file, message, Some(&error)),
            _ => report(sink, file, message)
                .level(Level::Warn)
                .note("it is sent as a part of the chain; who gets it may refuse the connection"),
        };
        finding.label(format!("line {line}: {error}"));
        if *refusal == Refusal::NegativeSerial {
            finding.note("openssl accepts it, and so did BuildKit before v0.21");
        }
        more(finding, others);
        if !content.certificates.is_empty() && file.role.is_ca() {
            finding.level(Level::Warn);
        }
        finding.help("have it issued again, or take a new copy");
    }
}
