//! PEM without a private key, where one is needed.

use crate::cert::{FileKind, Trouble};
use crate::rules::certificate::shared::refuse;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "no_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        let Some(content) = file.content() else { continue };
        if content.kind != FileKind::Pem || !content.keys.is_empty() {
            continue;
        }
        let label = content.problems.iter().find_map(|problem| match &problem.trouble {
            Trouble::Label(label) => Some(format!("`{label}`")),
            _ => None,
        });
        let held = match (label, content.certificates.is_empty()) {
            (None, false) => "a certificate".to_owned(),
            (Some(label), _) => label,
            (None, true) => "a malformed certificate".to_owned(),
        };
        let error = if held == "a certificate" && content.certificates.len() == 1 {
            "tls: found a certificate rather than a key in the PEM for the private key"
        } else {
            "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input"
        };
        let message = format!("`{}` holds {held}, expected a {}", file.name(), file.role.name());
        refuse(sink, file, message, Some(error))
            .label("no private key in it")
            .help("name the file with the block `-----BEGIN … PRIVATE KEY-----`");
    }
}
