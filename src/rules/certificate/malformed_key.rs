//! A private key that Go cannot read.

use crate::rules::certificate::shared::refuse;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "malformed_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        // The first key counts, whatever comes behind it.
        let key = file.content().and_then(|content| content.keys.first());
        let Some(key) = key.filter(|key| !key.encrypted && key.key.is_none()) else { continue };
        let (name, path) = (file.role.name(), file.name());
        let message = if key.openssh {
            format!("{name} `{path}` is in OpenSSH's own format")
        } else {
            format!("{name} `{path}` cannot be read")
        };
        refuse(sink, file, message, Some("tls: failed to parse private key"))
            .label(format!("the block in line {}", key.place.line))
            .note("buildkitd reads RSA, ECDSA and Ed25519 keys in PKCS#1, PKCS#8 or SEC 1")
            .help(if key.openssh {
                "convert it: ssh-keygen -p -m PEM -f FILE"
            } else {
                "check it with openssl pkey -noout -in FILE, and take a new copy"
            });
    }
}
