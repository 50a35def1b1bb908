//! A file without any PEM in it.

use crate::cert::FileKind;
use crate::report::Impact;
use crate::rules::certificate::files::{Role, all};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_pem", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in all(context) {
        let Some(Ok(parsed)) = file.load(context) else { continue };
        // A key of OpenSSH is PEM or not, and in any case no certificate.
        if matches!(parsed.kind, FileKind::Pem) || parsed.usable_as_ca_pool() {
            continue;
        }
        let what = match parsed.kind {
            FileKind::Empty => format!("{} `{}` is empty", file.role.name(), file.path),
            kind => format!("{} `{}` is {kind}, expected PEM", file.role.name(), file.path),
        };
        let finding = sink.report(file.span, what);
        file.describe(finding);
        finding.impact(file.role.impact()).label("nothing in it that buildkitd can use");
        match file.role {
            Role::RegistryCa => {
                finding.impact(Impact::Ignored).note(
                    "buildkitd takes the file without a word, and it adds nothing; a server with \
                     a certificate of that CA is refused with \"x509: certificate signed by \
                     unknown authority\"",
                );
            }
            Role::RegistryCert | Role::RegistryKey => {
                finding.note("the daemon starts; each request to the registry fails");
            }
            _ => {
                finding.note("buildkitd cannot load it and exits");
            }
        }
        match parsed.kind {
            FileKind::Der => finding.help("convert it: openssl x509 -inform DER -in OLD -out NEW"),
            FileKind::DerKey => finding.help("convert it: openssl pkey -inform DER -in OLD -out NEW"),
            FileKind::Pkcs12 => finding.help("take it apart: openssl pkcs12 -in OLD -nodes -out NEW"),
            FileKind::Pkcs7 => {
                finding.help("convert it: openssl pkcs7 -print_certs -in OLD -out NEW, with `-inform DER` if needed")
            }
            _ => finding.help("put a file there that has lines like `-----BEGIN …-----`"),
        };
    }
}
