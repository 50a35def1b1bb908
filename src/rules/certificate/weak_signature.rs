//! A certificate signed with a broken hash.

use crate::rules::certificate::shared::{refuser, report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "weak_signature", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live() {
        // The signature of a trusted certificate is not verified.
        let Some(leaf) = file.leaf().filter(|leaf| !leaf.is_self_issued()) else { continue };
        let (hash, error) = match leaf.signature_oid.as_str() {
            "1.2.840.113549.1.1.2" => ("MD2", "cannot verify signature: algorithm unimplemented"),
            "1.2.840.113549.1.1.4" => {
                ("MD5", "cannot verify signature: insecure algorithm MD5-RSA")
            }
            "1.2.840.113549.1.1.5" => {
                ("SHA-1", "cannot verify signature: insecure algorithm SHA1-RSA")
            }
            "1.2.840.10045.4.1" => {
                ("SHA-1", "cannot verify signature: insecure algorithm ECDSA-SHA1")
            }
            _ => continue,
        };
        let finding = report(sink, file, format!("{} is signed with {hash}", file.role.name()));
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        finding
            .note(format!("the daemon starts; {} with \"x509: {error}\"", refuser(file.role)))
            .help("have it issued again, signed with SHA-256");
    }
}
