//! A block of a PEM file that is passed over.

use crate::cert::{FileKind, Trouble};
use crate::rules::certificate::shared::{first, more, report};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "skipped_block", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| !file.role.is_key()) {
        let Some(content) = file.content().filter(|content| content.kind == FileKind::Pem) else {
            continue;
        };
        // A file without any certificate is another rule's.
        if content.certificates.is_empty() {
            continue;
        }
        let skipped = content.problems.iter().filter_map(|problem| {
            let why = match &problem.trouble {
                Trouble::Block(fault) => fault.to_string(),
                Trouble::Headers if file.role.is_ca() => "it has header lines".into(),
                // Keys, parameters and requests are not meant to be certificates.
                Trouble::Label(label) if label.ends_with("CERTIFICATE") => {
                    format!("it is called `{label}`")
                }
                _ => return None,
            };
            Some((problem.place.line, why))
        });
        let Some(((line, why), others)) = first(skipped) else { continue };
        let finding = report(sink, file, format!("block in line {line} of the file is skipped"));
        finding.label(why);
        more(finding, others);
        finding
            .note("buildkitd takes the other certificates of the file, and says nothing")
            .help("mend the block, or remove it");
    }
}
