//! A key that is not the certificate's.

use crate::cert::{PairProblem, load_keypair};
use crate::rules::certificate::files::pairs;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "pair_mismatch", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (cert, key) in pairs(context) {
        let (Some(Ok(one)), Some(Ok(other))) = (cert.load(context), key.load(context)) else {
            continue;
        };
        // Only what is proven: what cannot be compared is not reported.
        if load_keypair(&one, &other) != Err(PairProblem::Mismatch) {
            continue;
        }
        let message = format!("key `{}` does not belong to `{}`", key.path, cert.path);
        let finding = sink.report(key.span, message).impact(key.role.impact());
        finding.label("another certificate's key");
        if !key.listed {
            finding.also(cert.span, "has another public key");
        }
        if let Some((host, name)) = key.host {
            finding.also(host, "every pull and push here fails").note(format!(
                "the daemon starts; each request to {name} ends with \"tls: private key does not \
                 match public key\""
            ));
        } else {
            finding.note("buildkitd says \"could not load server key pair\" and exits");
        }
        finding.help("name the key that the certificate was issued for");
    }
}
