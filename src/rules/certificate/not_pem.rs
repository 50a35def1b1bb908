//! A file without any PEM in it.

use crate::cert::{FileKind, Trouble};
use crate::rules::certificate::shared::{adds_nothing, refuse};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_pem", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in &context.tls().files {
        let Some(content) = file.content().filter(|content| content.kind != FileKind::Pem) else {
            continue;
        };
        let (name, path) = (file.role.name(), file.name());
        let message = match content.kind {
            FileKind::Empty => format!("{name} `{path}` is empty"),
            FileKind::BrokenPem => format!("{name} `{path}` holds no block that can be read"),
            kind => format!("{name} `{path}` is {kind}, expected PEM"),
        };
        let finding = match file.role {
            Role::RegistryCa => adds_nothing(sink, file, message),
            Role::ClientCa => refuse(sink, file, message, Some("failed to append ca cert")),
            Role::RegistryCert | Role::ServerCert => {
                let error = "tls: failed to find any PEM data in certificate input";
                refuse(sink, file, message, Some(error))
            }
            Role::RegistryKey | Role::ServerKey => {
                refuse(sink, file, message, Some("tls: failed to find any PEM data in key input"))
            }
        };
        let fault = content.problems.iter().find_map(|problem| match problem.trouble {
            Trouble::Block(fault) => Some(format!("line {}: {fault}", problem.place.line)),
            _ => None,
        });
        finding.label(fault.unwrap_or_else(|| "nothing in it that buildkitd can use".into()));
        finding.help(match content.kind {
            FileKind::Der => "convert it: openssl x509 -inform DER -in OLD -out NEW",
            FileKind::DerKey => "convert it: openssl pkey -inform DER -in OLD -out NEW",
            FileKind::Pkcs12 => "take it apart: openssl pkcs12 -in OLD -nodes -out NEW",
            FileKind::Pkcs7 => {
                "convert it: openssl pkcs7 -inform DER -print_certs -in OLD -out NEW"
            }
            FileKind::JavaKeyStore => {
                "export it: keytool -exportcert -rfc -keystore OLD -alias NAME -file NEW"
            }
            FileKind::Utf16 => "save it as UTF-8 without a byte-order mark",
            _ => "put a file there that has lines like `-----BEGIN …-----`",
        });
    }
}
