//! PEM without a certificate.

use crate::cert::{FileKind, Trouble};
use crate::rules::certificate::shared::{adds_nothing, refuse};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "no_certificate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| !file.role.is_key()) {
        let Some(content) = file.content().filter(|content| content.kind == FileKind::Pem) else {
            continue;
        };
        // A block that is a certificate, and one that Go refuses, is another matter.
        let meant = |trouble: &Trouble| matches!(trouble, Trouble::Certificate(_));
        if !content.certificates.is_empty()
            || content.problems.iter().any(|problem| meant(&problem.trouble))
        {
            continue;
        }
        let label = content.problems.iter().find_map(|problem| match &problem.trouble {
            Trouble::Label(label) => Some(label),
            _ => None,
        });
        let held = match label {
            _ if !content.keys.is_empty() => "a private key".to_owned(),
            Some(label) => format!("`{label}`"),
            None => continue,
        };
        let message = format!("`{}` holds {held}, expected a {}", file.name(), file.role.name());
        let finding = match file.role {
            Role::RegistryCa => adds_nothing(sink, file, message),
            Role::ClientCa => refuse(sink, file, message, Some("failed to append ca cert")),
            _ if content.keys.len() == 1 && label.is_none() => {
                let error = "tls: failed to find certificate PEM data in certificate input, but \
                             did find a private key; PEM inputs may have been switched";
                refuse(sink, file, message, Some(error))
            }
            _ => {
                let error = "tls: failed to find \"CERTIFICATE\" PEM block in certificate input";
                refuse(sink, file, message, Some(error))
            }
        };
        finding
            .label("no certificate in it")
            .help("name the file with the block `-----BEGIN CERTIFICATE-----`");
    }
}
