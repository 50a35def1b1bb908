//! A CA with the right name and another key than the one that issued the pair beside it.

use crate::cert::Issued;
use crate::rules::certificate::shared::{report, show};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "ca_renewed", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = context.tls();
    for file in tls.live() {
        let Some(leaf) = file.leaf().filter(|leaf| !leaf.is_self_issued()) else { continue };
        for ca in tls.authorities_beside(file) {
            let named = ca.certificates().iter().filter(|one| one.subject_der == leaf.issuer_der);
            let mut found = None;
            let mut good = false;
            for one in named {
                match tls.issued(one, leaf) {
                    Issued::OtherKey => found = Some(one),
                    _ => good = true,
                }
            }
            let Some(certificate) = found.filter(|_| !good) else { continue };
            let finding = report(sink, ca, "CA has the name of the issuer, and another key");
            finding.label("did not issue the certificate beside it");
            if file.span != ca.span {
                finding.also(file.span, "issued by a CA of that name");
            }
            show(finding, context, ca, certificate);
            finding
                .note(
                    "the CA was made anew, most likely; who holds a certificate of the old one is \
                     refused with \"x509: certificate signed by unknown authority\"",
                )
                .help("issue the pair again, or name the certificate of the old CA");
        }
    }
}
