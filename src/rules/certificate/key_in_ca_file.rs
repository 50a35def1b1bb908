//! A private key in a file that needs none.

use crate::cert::Certificate;
use crate::rules::certificate::shared::report;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "key_in_ca_file", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_ca()) {
        let Some(content) = file.content() else { continue };
        // A key and nothing else is another rule's.
        let (Some(key), false) = (content.keys.first(), content.certificates.is_empty()) else {
            continue;
        };
        let own = |one: &Certificate| {
            key.key.as_ref().and_then(|key| key.pairs(&one.key)) == Some(true) && one.may_sign()
        };
        let note = if content.certificates.iter().any(own) {
            "it is the CA's own: whoever reads it can issue certificates that are trusted"
        } else {
            "buildkitd skips it; whoever reads the file has it"
        };
        report(sink, file, "CA file holds a private key")
            .label(format!("in line {}", key.place.line))
            .note(note)
            .help("remove the key; to trust a CA its certificate is enough");
    }
}
