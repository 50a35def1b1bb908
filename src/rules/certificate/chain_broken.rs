//! Certificates in one file that do not make a chain.

use crate::cert::Issued;
use crate::rules::certificate::shared::{report, show};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "chain_broken", check);

/// Chains are short; what comes behind is not looked at, so that no file costs much.
const DEPTH: usize = 10;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tls = context.tls();
    for file in tls.live().filter(|file| file.leaf().is_some()) {
        let chain = file.certificates();
        let chain = chain.get(..DEPTH).unwrap_or(chain);
        for (at, certificate) in chain.iter().enumerate().skip(1) {
            let before = chain.get(..at).unwrap_or_default();
            let parents: Vec<_> =
                before.iter().map(|child| tls.issued(certificate, child)).collect();
            if parents.iter().any(|one| matches!(one, Issued::Yes | Issued::ByName)) {
                continue;
            }
            // Out of order, and still of use to whoever sorts them.
            let after = chain.get(at + 1..).unwrap_or_default();
            if after.iter().any(|child| tls.issued(certificate, child) == Issued::Yes) {
                continue;
            }
            let anew = parents.contains(&Issued::OtherKey);
            let message = format!("certificate {} of the file issued none before it", at + 1);
            let finding = report(sink, file, message);
            finding.label(if anew {
                "it has the issuer's name, and another key"
            } else {
                "it is not part of the chain"
            });
            show(finding, context, file, certificate);
            finding
                .note(
                    "all of the file is sent; who lacks the real issuer refuses the first with \
                     \"x509: certificate signed by unknown authority\"",
                )
                .help("put the issuer of each certificate behind it, and nothing else");
        }
    }
}
