//! The registry's own certificate, shown to it as a client's.

use crate::cert::{Certificate, Purpose};
use crate::effective::split_port;
use crate::rules::certificate::shared::{report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "registry_server_pair", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live().filter(|file| file.role == Role::RegistryCert) {
        let Some((_, name)) = file.host() else { continue };
        let host = split_port(name).0;
        // One that clients may not use is another rule's.
        let own = |leaf: &&Certificate| leaf.covers(host) && leaf.allows(&Purpose::ClientAuth);
        let Some(leaf) = file.leaf().filter(own) else { continue };
        let finding =
            report(sink, file, format!("client certificate is the one of `{host}` itself"));
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        finding
            .note(
                "`keypair` is what buildkitd shows as a client; to verify the registry it needs \
                 `ca`, and no key",
            )
            .note("whoever reads the key here can pose as the registry")
            .help("remove the pair, or issue one for this daemon");
    }
}
