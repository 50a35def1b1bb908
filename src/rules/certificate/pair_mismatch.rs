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
        let private = other.keys.first().and_then(|key| key.key.as_ref());
        let own = |key: &crate::cert::Key| private.and_then(|own| own.pairs(key)) == Some(true);
        let later = one.certificates.iter().position(|cert| own(&cert.key));
        if let Some(at) = later {
            let message = format!("{} does not stand first in its file", cert.role.name());
            let finding = refuse(sink, cert, message, Some(error));
            finding.label(format!("begins with another one; that of the key is number {}", at + 1));
            if !key.listed {
                finding.also(key.span, "belongs to a later certificate");
            }
            if let Some(leaf) = cert.leaf() {
                show(finding, context, cert, leaf);
            }
            finding.help("put the certificate first, then its issuer, then that one's issuer");
            continue;
        }
        let message = format!("key `{}` does not belong to `{}`", key.path, cert.path);
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
