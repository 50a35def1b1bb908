//! A key that is not the certificate's.

use crate::cert::{PairProblem, load_keypair};
use crate::rules::certificate::shared::{refuse, show};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "pair_mismatch", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (cert, key) in context.tls().pairs() {
        let (Some(one), Some(other)) = (cert.content(), key.content()) else { continue };
        // Only what is proven: what cannot be compared is not reported.
        let error = match load_keypair(one, other) {
            Err(PairProblem::Mismatch) => "tls: private key does not match public key",
            Err(PairProblem::OtherKind) => "tls: private key type does not match public key type",
            _ => continue,
        };
        if cert.misordered {
            let message = format!("{} does not stand first in its file", cert.role.name());
            let finding = refuse(sink, cert, message, Some(error));
            finding.label("begins with another one, such as its issuer");
            if !key.listed {
                finding.also(key.span, "belongs to a later one");
            }
            if let Some(first) = cert.certificates().first() {
                show(finding, context, cert, first);
            }
            finding.help("put the certificate first, then its issuer, then that one's issuer");
            continue;
        }
        let message =
            format!("{} `{}` is not that of its certificate", key.role.name(), key.name());
        let finding = refuse(sink, key, message, Some(error));
        finding.label("another certificate's key");
        if !cert.listed {
            finding.also(cert.span, "has another public key");
        }
        if let Some(leaf) = cert.leaf() {
            show(finding, context, cert, leaf);
        }
        finding.help("name the key that the certificate was issued for");
    }
}
