//! A CA that may not vouch for the registry's name.

use crate::effective::split_port;
use crate::rules::certificate::shared::{first, more, report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "name_constraints", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live().filter(|file| file.role == Role::RegistryCa) {
        let Some((_, name)) = file.host() else { continue };
        let host = split_port(name.split('/').next().unwrap_or_default()).0;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let shut = file.judged().iter().filter_map(|one| {
            let constraints = one.name_constraints.as_ref()?;
            (!constraints.permit(host)).then_some((one, constraints))
        });
        let Some(((certificate, constraints), others)) = first(shut) else { continue };
        // A bundle is fine as long as it holds one that may.
        if others + 1 < file.judged().len() {
            continue;
        }
        let finding = report(sink, file, format!("CA may not issue certificates for `{host}`"));
        finding.label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, others);
        if !constraints.permitted_dns.is_empty() {
            finding.note(format!("its names must lie in {}", constraints.permitted_dns.join(", ")));
        }
        finding
            .note(
                "the server is refused with \"x509: a root or intermediate certificate is not \
                     authorized to sign for this name\"",
            )
            .help("name the CA that issues this registry's certificate");
    }
}
