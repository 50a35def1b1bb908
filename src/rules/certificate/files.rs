//! What the rules of this group share: which files the configuration names, and what for.

use std::borrow::Cow;

use crate::cert::{self, CertFile, Certificate};
use crate::clock;
use crate::model::{Leaf, Registry, Table, Tls};
use crate::report::{Finding, Impact, Locality};
use crate::rules::Context;
use crate::source::Span;
use crate::world::Failure;

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Authorities that a registry's certificate is checked against.
    RegistryCa,
    /// The certificate shown to a registry.
    RegistryCert,
    /// Its key.
    RegistryKey,
    /// Authorities that clients' certificates are checked against.
    ClientCa,
    /// The certificate shown to clients.
    ServerCert,
    /// Its key.
    ServerKey,
}

impl Role {
    /// In a title.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RegistryCa | Self::ClientCa => "CA certificate",
            Self::RegistryCert => "client certificate",
            Self::ServerCert => "server certificate",
            Self::RegistryKey => "client key",
            Self::ServerKey => "server key",
        }
    }

    /// Whether certificates are read from it, and of those all.
    pub(crate) const fn is_ca(self) -> bool {
        matches!(self, Self::RegistryCa | Self::ClientCa)
    }

    /// Whether a key is read from it.
    pub(crate) const fn is_key(self) -> bool {
        matches!(self, Self::RegistryKey | Self::ServerKey)
    }

    /// When buildkitd stumbles over a file that it cannot use.
    pub(crate) const fn impact(self) -> Impact {
        match self {
            Self::RegistryCa | Self::RegistryCert | Self::RegistryKey => Impact::Build,
            Self::ClientCa | Self::ServerCert | Self::ServerKey => Impact::Start,
        }
    }
}

/// A file that buildkitd reads.
#[derive(Clone, Debug)]
pub(crate) struct Named<'a> {
    /// Where the configuration names it, or the folder that holds it.
    pub span: Span,
    /// Its path for buildkitd.
    pub path: Cow<'a, str>,
    /// What for.
    pub role: Role,
    /// The registry with the span of its name.
    pub host: Option<(Span, &'a str)>,
    /// The table of the key pair, if it is a registry's.
    pub pair: Option<Span>,
    /// Found in a folder rather than named.
    pub listed: bool,
    /// TLS is not used or not verified, so that the content hardly matters.
    pub idle: bool,
}

impl Named<'_> {
    /// Reads it; none if it cannot be judged from here.
    pub(crate) fn load(&self, context: &Context<'_>) -> Option<Result<CertFile, Failure>> {
        judged(context, &self.path).then(|| cert::load(context.world, &context.path(&self.path)))
    }

    /// Says on a finding which registry relies on the file, and which file it is.
    pub(crate) fn describe(&self, finding: &mut Finding) {
        if let Some((span, _)) = self.host {
            finding.also(span, "pulls and pushes here rely on it");
        }
        if self.listed {
            finding.note(format!("the file is {}", self.path));
        }
    }
}

/// Whether a path of the configuration means a file that can be looked at from here. A relative
/// one begins where the daemon was started, which nobody knows.
pub(crate) fn judged(context: &Context<'_>, path: &str) -> bool {
    context.locality == Locality::Here && path.starts_with('/')
}

/// The files that are named directly, in the order of the tables.
pub(crate) fn named<'a>(context: &'a Context<'_>) -> Vec<Named<'a>> {
    let mut files = Vec::new();
    for registry in context.decoded.config.registry.iter() {
        let host = Some((registry.key.inner(), registry.name.as_ref()));
        let idle = is_idle(&registry.body);
        let mut add = |span: Span, path: &'a str, role, pair| {
            if !path.is_empty() {
                let path = Cow::Borrowed(path);
                files.push(Named { span, path, role, host, pair, listed: false, idle });
            }
        };
        for item in registry.ca.items() {
            add(item.span.inner(), item.value.as_ref(), Role::RegistryCa, None);
        }
        for pair in registry.keypair.iter() {
            for (leaf, role) in
                [(&pair.body.cert, Role::RegistryCert), (&pair.body.key, Role::RegistryKey)]
            {
                if let Some(field) = leaf.field() {
                    add(field.span.inner(), field.value.as_ref(), role, Some(pair.key));
                }
            }
        }
    }
    let tls = &context.decoded.config.grpc.tls;
    if server_reads(tls) {
        for (leaf, role) in
            [(&tls.cert, Role::ServerCert), (&tls.key, Role::ServerKey), (&tls.ca, Role::ClientCa)]
        {
            if let Some(field) = leaf.field().filter(|field| !field.value.is_empty()) {
                let path = Cow::Borrowed(field.value.as_ref());
                let (span, host) = (field.span.inner(), None);
                files.push(Named {
                    span,
                    path,
                    role,
                    host,
                    pair: None,
                    listed: false,
                    idle: false,
                });
            }
        }
    }
    files
}

/// The files that are named directly, and those that folders hold.
pub(crate) fn all<'a>(context: &'a Context<'_>) -> Vec<Named<'a>> {
    let mut files = named(context);
    for registry in context.decoded.config.registry.iter() {
        for folder in registry.tlsconfigdir.items() {
            for name in listing(context, &folder.value) {
                let role = match name.rsplit_once('.') {
                    Some((_, "crt")) => Role::RegistryCa,
                    Some((_, "cert")) => Role::RegistryCert,
                    _ => continue,
                };
                files.push(Named {
                    span: folder.span.inner(),
                    path: Cow::Owned(inside(&folder.value, &name)),
                    role,
                    host: Some((registry.key.inner(), registry.name.as_ref())),
                    pair: None,
                    listed: true,
                    idle: is_idle(&registry.body),
                });
            }
        }
    }
    files
}

/// Certificate and key that belong together.
pub(crate) fn pairs<'a>(context: &'a Context<'_>) -> Vec<(Named<'a>, Named<'a>)> {
    let mut pairs = Vec::new();
    let mut open: Option<Named<'a>> = None;
    // A complete pair stands in one piece, the certificate first.
    for file in named(context) {
        match file.role {
            Role::RegistryKey | Role::ServerKey => {
                // Two halves of two tables are no pair.
                let cert = open.take().filter(|cert| cert.pair == file.pair);
                pairs.extend(cert.map(|cert| (cert, file)));
            }
            Role::RegistryCert | Role::ServerCert => open = Some(file),
            _ => open = None,
        }
    }
    for cert in all(context).into_iter().filter(|file| file.listed && !file.role.is_ca()) {
        let Some(stem) = cert.path.strip_suffix(".cert") else { continue };
        let path = Cow::Owned(format!("{stem}.key"));
        pairs.push((cert.clone(), Named { path, role: Role::RegistryKey, ..cert }));
    }
    pairs
}

/// The names in a folder, as far as it can be looked at.
pub(crate) fn listing(context: &Context<'_>, folder: &str) -> Vec<String> {
    if !judged(context, folder) {
        return Vec::new();
    }
    let entries = context.world.list(&context.path(folder)).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name).collect()
}

/// The path of a name in a folder.
pub(crate) fn inside(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// The certificates of a file that matter: of a CA file all, of another the one that is shown.
pub(crate) fn relevant(file: &CertFile, role: Role) -> &[Certificate] {
    if role.is_key() {
        return &[];
    }
    let first = file.certificates.get(..1).unwrap_or_default();
    if role.is_ca() { &file.certificates } else { first }
}

/// Who a certificate is and how long it is valid, as a note.
pub(crate) fn facts(certificate: &Certificate, now: i64) -> String {
    let hash: String = certificate.sha256.split(':').collect();
    let part = |range| hash.get(range).unwrap_or_default();
    format!(
        "subject  {}\nvalid    {} to {}, today is {}\nserial   {}\nsha256   {} {} … {} {}",
        certificate.subject,
        clock::date(certificate.not_before),
        clock::date(certificate.not_after),
        clock::date(now),
        certificate.serial,
        part(0..4),
        part(4..8),
        part(56..60),
        part(60..64),
    )
}

/// `1 day`, `12 days`.
pub(crate) fn days(count: i64) -> String {
    if count == 1 { "1 day".into() } else { format!("{count} days") }
}

/// buildkitd reads the files of the listener only if both halves of the pair are set.
fn server_reads(tls: &Table<Tls<'_>>) -> bool {
    let set = |leaf: &Leaf<Cow<'_, str>>| !leaf.text().is_empty();
    set(&tls.cert) && set(&tls.key)
}

fn is_idle(registry: &Registry<'_>) -> bool {
    registry.insecure.is_true() || registry.http.is_true()
}
