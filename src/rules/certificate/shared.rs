//! What the rules of this group share: words about files and certificates.

use serde_json::Value;

use crate::cert::Certificate;
use crate::clock;
use crate::report::{Finding, Impact, Words};
use crate::rules::{Context, Sink};
use crate::tls::{Role, TlsFile};

/// Reports something about a file: at its place, with the registry that relies on it.
pub(crate) fn report<'s>(
    sink: &'s mut Sink<'_>,
    file: &TlsFile<'_>,
    message: impl Into<Words>,
) -> &'s mut Finding {
    let finding = sink.report(file.span, message).key(file.key.as_str());
    if let Some((span, _)) = file.host() {
        finding.also(span, "pulls and pushes here rely on it");
    }
    if file.listed {
        finding.note(format!("the file is {}", file.path));
    }
    finding
}

/// Reports a file that buildkitd cannot use, with its error if that is known: the listener's is
/// read at start, a registry's at each request.
pub(crate) fn refuse<'s>(
    sink: &'s mut Sink<'_>,
    file: &TlsFile<'_>,
    message: impl Into<Words>,
    error: Option<&str>,
) -> &'s mut Finding {
    let finding = report(sink, file, message);
    let error = error.map(|error| format!("\"{error}\""));
    finding.note(match (file.host(), error) {
        (Some((_, name)), error) => {
            let error = error.unwrap_or_else(|| "an error".into());
            format!("the daemon starts; each request to {name} ends with {error}")
        }
        (None, Some(error)) => format!("buildkitd exits at start with {error}"),
        (None, None) => "buildkitd exits at start".into(),
    });
    if file.role.is_listener() {
        finding.impact(Impact::Start);
    }
    finding
}

/// Reports a CA file of a registry without a certificate.
pub(crate) fn adds_nothing<'s>(
    sink: &'s mut Sink<'_>,
    file: &TlsFile<'_>,
    message: String,
) -> &'s mut Finding {
    report(sink, file, message).impact(Impact::Ignored).note(
        "buildkitd takes the file without a word, and it adds nothing; a server with a \
         certificate of that CA is refused with \"x509: certificate signed by unknown authority\"",
    )
}

/// Adds a certificate to a finding: for people as a note, for programs as `data`.
pub(crate) fn show<'f>(
    finding: &'f mut Finding,
    context: &Context<'_>,
    file: &TlsFile<'_>,
    certificate: &Certificate,
) -> &'f mut Finding {
    let mut facts = facts(certificate, context.now());
    if let (at, count @ 2..) = position(file, certificate)
        && finding.label != which(file, certificate)
    {
        facts.push(format!("block    {at} of {count}, in line {}", certificate.place.line));
    }
    finding.note(facts.join("\n")).fact("certificate", data(file, certificate))
}

/// What the label of a certificate's file says: which of its certificates it is.
pub(crate) fn which(file: &TlsFile<'_>, certificate: &Certificate) -> String {
    match position(file, certificate) {
        (_, 1) => "holds one certificate, this one".into(),
        (at, count) => format!("certificate {at} of {count}, in line {}", certificate.place.line),
    }
}

fn position(file: &TlsFile<'_>, certificate: &Certificate) -> (usize, usize) {
    let all = file.certificates();
    let at = all.iter().position(|one| one.place.line == certificate.place.line);
    (at.map_or(1, |at| at + 1), all.len())
}

fn facts(certificate: &Certificate, now: i64) -> Vec<String> {
    let mut lines = vec![format!("subject  {}", short(&certificate.subject))];
    if !certificate.is_self_issued() {
        lines.push(format!("issuer   {}", short(&certificate.issuer)));
    }
    lines.push(format!(
        "valid    {} to {}, today is {}",
        clock::date(certificate.not_before),
        clock::date(certificate.not_after),
        clock::date(now)
    ));
    lines.push(format!("serial   {}", short(&certificate.serial)));
    lines.push(format!("sha256   {}", fingerprint(certificate)));
    lines
}

/// The two ends of the hash, enough to recognise it: `3FA2 61C0 … 77B1 9D07`.
pub(crate) fn fingerprint(certificate: &Certificate) -> String {
    let hash: String = certificate.sha256.split(':').collect();
    let part = |range| hash.get(range).unwrap_or_default();
    format!("{} {} … {} {}", part(0..4), part(4..8), part(56..60), part(60..64))
}

/// The beginning of a text that whoever made the certificate may have made endless.
fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The facts of a certificate as JSON, with its file.
fn data(file: &TlsFile<'_>, certificate: &Certificate) -> Value {
    let mut data = certificate.json(position(file, certificate));
    data["file"] = file.path.as_ref().into();
    data
}

/// The first of several, and how many more there are: a bundle gives one finding of a kind, however
/// many certificates it has.
pub(crate) fn first<T>(mut several: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let first = several.next()?;
    Some((first, several.count()))
}

/// Says how many others of the file have the same fault.
pub(crate) fn more(finding: &mut Finding, count: usize) {
    if count > 0 {
        finding.note(format!("and {count} more of this file"));
    }
}

/// `1 day`, `12 days`.
pub(crate) fn days(count: i64) -> String {
    if count == 1 { "1 day".into() } else { format!("{count} days") }
}

/// Who refuses the other when this file's certificate is not good enough.
pub(crate) const fn refuser(role: Role) -> &'static str {
    match role {
        Role::RegistryCa => "a server whose chain ends here is refused",
        Role::ClientCa => "a client whose chain ends here is refused",
        Role::ServerCert | Role::ServerKey => "clients refuse to talk to the daemon",
        Role::RegistryCert | Role::RegistryKey => {
            "a registry that asks for a certificate refuses this one"
        }
    }
}

/// What to do when this file's certificate ends.
pub(crate) const fn renewal(role: Role) -> &'static str {
    match role {
        Role::RegistryCa => "add the new root to this file; the old one may stay beside it",
        Role::ClientCa => "add the new root to this file, and restart the daemon to have it read",
        Role::ServerCert => "renew it, and restart the daemon, which reads it at start only",
        _ => "renew the certificate",
    }
}
