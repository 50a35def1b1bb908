//! A certificate that is sent without the intermediate one that issued it.

use crate::cert::{Certificate, Issued};
use crate::rules::certificate::shared::{report, show};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "chain_incomplete", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = context.tls();
    for file in tls.live() {
        let Some(leaf) = file.leaf().filter(|leaf| !leaf.is_self_issued()) else { continue };
        let sent = file.certificates().get(1..).unwrap_or_default();
        if sent.iter().any(|parent| parent.subject_der == leaf.issuer_der) {
            continue;
        }
        // Whether the issuer is an intermediate can be told only where a CA file has it.
        let known = tls.authorities_beside(file).find_map(|ca| {
            let issuer =
                |one: &&Certificate| one.subject_der == leaf.issuer_der && !one.is_self_issued();
            let issuer = ca.certificates().iter().find(issuer)?;
            (tls.issued(issuer, leaf) == Issued::Yes).then_some((ca, issuer))
        });
        let Some((ca, issuer)) = known else { continue };
        let message = format!("{} lacks its intermediate", file.role.name());
        let finding = report(sink, file, message);
        finding.label("only the end of the chain is sent");
        if ca.span != file.span {
            finding.also(ca.span, "holds the intermediate, which is not sent");
        }
        show(finding, context, ca, issuer);
        finding
            .note(
                "who trusts the root alone refuses it with \"x509: certificate signed by unknown \
                 authority\"",
            )
            .help("put the intermediate certificate behind the one in this file");
    }
}
