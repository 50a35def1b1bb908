//! A server certificate without names where clients look for them.

use crate::rules::certificate::shared::{report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "no_san", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role == Role::ServerCert) {
        let Some(leaf) = file.leaf().filter(|leaf| leaf.dns.is_empty() && leaf.ip.is_empty())
        else {
            continue;
        };
        let finding = report(sink, file, "server certificate names no host or address");
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        finding
            .note(match leaf.common_name {
                Some(_) if !leaf.has_alternative_names => {
                    "the daemon starts; buildctl and buildx refuse it with \"x509: certificate \
                     relies on legacy Common Name field, use SANs instead\""
                }
                _ => {
                    "the daemon starts; buildctl and buildx refuse it with \"x509: certificate is \
                     not valid for any names\""
                }
            })
            .help("issue it with subjectAltName, such as DNS:buildkitd.example or IP:10.0.0.5");
    }
}
