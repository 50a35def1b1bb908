//! A private key with a passphrase.

use crate::rules::certificate::shared::refuse;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "encrypted_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        // The first key counts, whatever comes behind it.
        let key = file.content().and_then(|content| content.keys.first());
        let Some(key) = key.filter(|key| key.encrypted) else { continue };
        let error = Some("tls: failed to parse private key");
        refuse(sink, file, format!("{} `{}` is encrypted", file.role.name(), file.name()), error)
            .label(format!("the block in line {} needs a passphrase", key.place.line))
            .note("buildkitd has no way to ask for one, or to be told")
            .help(if key.openssh {
                "store it without: ssh-keygen -p -m PEM -N '' -f FILE"
            } else {
                "store it without: openssl pkey -in OLD -out NEW"
            });
    }
}
