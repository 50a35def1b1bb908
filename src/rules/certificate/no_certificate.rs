//! PEM without a certificate.

use crate::cert::{FileKind, Trouble};
use crate::report::Impact;
use crate::rules::certificate::files::{Role, all};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "no_certificate", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in all(context).into_iter().filter(|file| !file.role.is_key()) {
        let Some(Ok(parsed)) = file.load(context) else { continue };
        // A block that is a certificate, and a malformed one, is another matter.
        let malformed = |trouble: &Trouble| !matches!(trouble, Trouble::Label(_));
        if parsed.kind != FileKind::Pem
            || !parsed.certificates.is_empty()
            || parsed.problems.iter().any(|problem| malformed(&problem.trouble))
        {
            continue;
        }
        let held = parsed.problems.iter().find_map(|problem| match &problem.trouble {
            Trouble::Label(label) => Some(format!("`{label}`")),
            _ => None,
        });
        let held = match held {
            _ if !parsed.keys.is_empty() => "a private key".to_owned(),
            Some(label) => label,
            None => continue,
        };
        let finding = sink.report(
            file.span,
            format!("`{}` holds {held}, expected a {}", file.path, file.role.name()),
        );
        file.describe(finding);
        finding.label("no certificate in it").impact(file.role.impact());
        match file.role {
            Role::RegistryCa => finding.impact(Impact::Ignored).note(
                "buildkitd takes the file without a word, and it adds nothing; a server with a \
                 certificate of that CA is refused with \"x509: certificate signed by unknown \
                 authority\"",
            ),
            Role::RegistryCert => {
                finding.note("the daemon starts; each request to the registry fails")
            }
            _ => finding.note("buildkitd cannot load it and exits"),
        };
        finding.help("name the file with the block `-----BEGIN CERTIFICATE-----`");
    }
}
