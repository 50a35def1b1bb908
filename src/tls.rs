//! The certificate and key files that a configuration names: what for, and what is in them.
//!
//! Facts are upstream's `util/resolver/resolver.go` (`loadTLSConfig`) and `serverCredentials` in
//! `cmd/buildkitd/main.go`.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::{Path, PathBuf};

use crate::cert::{self, CertFile, Certificate, Issued, Loaded, Store};
use crate::effective::Effective;
use crate::model::{Entry, Registry};
use crate::source::Span;
use crate::world::{Failure, World};

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Authorities that a registry's certificate is checked against.
    RegistryCa,
    /// The certificate shown to a registry.
    RegistryCert,
    /// Its key.
    RegistryKey,
    /// The certificate shown to clients.
    ServerCert,
    /// Its key.
    ServerKey,
    /// Authorities that clients' certificates are checked against.
    ClientCa,
}

impl Role {
    /// In a title.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RegistryCa | Self::ClientCa => "CA certificate",
            Self::RegistryCert => "client certificate",
            Self::ServerCert => "server certificate",
            Self::RegistryKey => "client key",
            Self::ServerKey => "server key",
        }
    }

    /// Whether certificates are read from it, and of those all.
    #[must_use]
    pub const fn is_ca(self) -> bool {
        matches!(self, Self::RegistryCa | Self::ClientCa)
    }

    /// Whether a key is read from it.
    #[must_use]
    pub const fn is_key(self) -> bool {
        matches!(self, Self::RegistryKey | Self::ServerKey)
    }

    /// Whether it is the listener's, and read when the daemon starts.
    #[must_use]
    pub const fn is_listener(self) -> bool {
        matches!(self, Self::ServerCert | Self::ServerKey | Self::ClientCa)
    }
}

/// A registry's table.
pub type RegistryEntry<'a> = Entry<'a, Registry<'a>>;

/// A file that buildkitd reads.
#[derive(Debug)]
pub struct TlsFile<'a> {
    /// Where the configuration names it, or the folder that holds it.
    pub span: Span,
    /// Its key, like `registry."corp.example".ca[0]`.
    pub key: String,
    /// Its path for buildkitd.
    pub path: Cow<'a, str>,
    /// What for.
    pub role: Role,
    /// The registry, if it is not the listener's.
    pub registry: Option<&'a RegistryEntry<'a>>,
    /// Certificate and key of one pair have the same number.
    /// That is the place of its first file in the list.
    pair: Option<usize>,
    /// Found in a folder rather than named.
    pub listed: bool,
    /// Where it lies here; none if that cannot be told, and then it is not read.
    pub place: Option<PathBuf>,
    /// The certificate of its key comes later in the file than the first, which is shown.
    pub misordered: bool,
    loaded: Option<Loaded>,
}

impl<'a> TlsFile<'a> {
    const fn new(
        span: Span,
        key: String,
        path: Cow<'a, str>,
        role: Role,
        registry: &'a RegistryEntry<'a>,
        pair: Option<usize>,
    ) -> Self {
        let registry = Some(registry);
        Self {
            span,
            key,
            path,
            role,
            registry,
            pair,
            listed: false,
            place: None,
            misordered: false,
            loaded: None,
        }
    }

    /// Its path without the folders, for a title.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = self.path.trim_end_matches('/');
        path.rsplit_once('/').map_or(path, |(_, name)| name)
    }

    /// Whether what was found is the very file, and no copy in a work tree or under another root,
    /// which has a mode of its own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.as_os_str() == self.path.as_ref())
    }

    /// Its content, if it could be read.
    #[must_use]
    pub fn content(&self) -> Option<&CertFile> {
        self.loaded.as_ref()?.as_ref().as_ref().ok()
    }

    /// Why it could not be read.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.loaded.as_ref()?.as_ref().as_ref().err()
    }

    /// The certificates that matter: of a CA file those that Go takes, of another all that are
    /// sent, the first of which is the one that is shown.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        match self.content() {
            Some(content) if !self.role.is_key() => &content.certificates,
            _ => &[],
        }
    }

    /// The certificates that are judged one by one: all of a CA file, or the one that is shown.
    /// None where the order is wrong, for it is not meant to be shown.
    #[must_use]
    pub fn judged(&self) -> &[Certificate] {
        let all = self.certificates();
        let end = if self.role.is_ca() { all.len() } else { all.len().min(1) };
        if self.misordered { &[] } else { all.get(..end).unwrap_or_default() }
    }

    /// The certificate that is shown, if it is not a CA file.
    #[must_use]
    pub fn leaf(&self) -> Option<&Certificate> {
        self.judged().first().filter(|_| !self.role.is_ca())
    }

    /// No connection depends on it: plain HTTP, or a server that is not verified.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.registry.is_some_and(|registry| {
            let (http, insecure) = (registry.http.is_true(), registry.insecure.is_true());
            if self.role.is_ca() { http || insecure } else { http && !insecure }
        })
    }

    /// The name of its registry's table with the span.
    #[must_use]
    pub fn host(&self) -> Option<(Span, &'a str)> {
        self.registry.map(|registry| (registry.key.inner(), registry.name.as_ref()))
    }
}

/// An entry of `tlsconfigdir`.
#[derive(Debug)]
pub struct TlsFolder<'a> {
    /// Where the configuration names it.
    pub span: Span,
    /// Its key.
    pub key: String,
    /// Its path for buildkitd.
    pub path: &'a str,
    /// The registry.
    pub registry: &'a RegistryEntry<'a>,
    /// Where it lies here; none if that cannot be told.
    pub place: Option<PathBuf>,
    /// The names in it, sorted.
    pub names: Vec<String>,
}

impl TlsFolder<'_> {
    /// The path of a name in it.
    #[must_use]
    pub fn join(&self, name: &str) -> String {
        format!("{}/{name}", self.path.trim_end_matches('/'))
    }

    /// Whether it holds that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }
}

/// Whether the key belongs to a later certificate and not to the first.
fn is_misordered(cert: &TlsFile<'_>, key: &TlsFile<'_>) -> bool {
    let key = key.content().and_then(|content| content.keys.first()?.key.as_ref());
    let own = |one: &Certificate| key.and_then(|key| key.pairs(&one.key)) == Some(true);
    match cert.certificates() {
        [first, rest @ ..] => !own(first) && rest.iter().any(own),
        [] => false,
    }
}

/// As many files of a configuration are looked at.
pub const MOST: usize = 1000;

/// As many signatures of a configuration's certificates are verified.
const CHECKS: usize = 1000;

/// All files and folders of a configuration, in the order of its tables.
#[derive(Debug, Default)]
pub struct TlsFiles<'a> {
    /// The files, read. A pair stands in one piece, the certificate first.
    pub files: Vec<TlsFile<'a>>,
    /// The folders.
    pub folders: Vec<TlsFolder<'a>>,
    /// How many signatures were verified.
    checks: Cell<usize>,
}

impl<'a> TlsFiles<'a> {
    /// Reads all files; `find` says where a path lies here.
    pub fn new(
        effective: &Effective<'a>,
        find: &dyn Fn(&str) -> Option<PathBuf>,
        world: &dyn World,
        store: &Store,
    ) -> Self {
        let mut all = Self::default();
        for registry in effective.config.registry.iter() {
            all.registry(registry, find);
            if !effective.is_copied() {
                all.folders(registry, find, world);
            }
        }
        if !effective.is_copied() {
            all.listener(effective, find);
        }
        for file in all.files.iter_mut().take(MOST) {
            file.loaded = file.place.as_deref().map(|place| store.load(world, place));
        }
        for at in 1..all.files.len() {
            if let Some([cert, key]) = all.files.get_mut(at - 1..=at)
                && cert.pair.is_some()
                && cert.pair == key.pair
            {
                cert.misordered = is_misordered(cert, key);
            }
        }
        all
    }

    /// Certificate and key that belong together.
    pub fn pairs(&self) -> impl Iterator<Item = (&TlsFile<'a>, &TlsFile<'a>)> {
        self.files.windows(2).filter_map(|two| match two {
            [cert, key] if cert.pair.is_some() && cert.pair == key.pair => Some((cert, key)),
            _ => None,
        })
    }

    /// Whether `parent` issued `child`; by name alone once very many signatures were verified.
    #[must_use]
    pub fn issued(&self, parent: &Certificate, child: &Certificate) -> Issued {
        if parent.subject_der != child.issuer_der {
            return Issued::No;
        }
        if self.checks.get() == CHECKS {
            return Issued::ByName;
        }
        self.checks.set(self.checks.get() + 1);
        cert::issued(parent, child)
    }

    /// Those that a connection depends on.
    pub fn live(&self) -> impl Iterator<Item = &TlsFile<'a>> {
        self.files.iter().filter(|file| !file.is_idle())
    }

    /// The first files of authorities in the table of `file`.
    pub fn authorities_beside(&self, file: &TlsFile<'a>) -> impl Iterator<Item = &TlsFile<'a>> {
        /// More than anybody writes, and few enough for a file made to keep us busy.
        const MANY: usize = 20;
        let table = |file: &TlsFile<'_>| file.registry.map(|registry| registry.key.inner());
        let own = table(file);
        self.files.iter().filter(move |ca| ca.role.is_ca() && table(ca) == own).take(MANY)
    }

    fn registry(
        &mut self,
        registry: &'a RegistryEntry<'a>,
        find: &dyn Fn(&str) -> Option<PathBuf>,
    ) {
        let file = |span, key, path: Cow<'a, str>, role, pair| {
            let place = find(&path);
            TlsFile { place, ..TlsFile::new(span, key, path, role, registry, pair) }
        };
        let table = || format!("registry.\"{}\"", registry.name);
        for (at, item) in registry.ca.items().iter().enumerate() {
            if !item.value.is_empty() {
                let (key, path) =
                    (format!("{}.ca[{at}]", table()), Cow::Borrowed(item.value.as_ref()));
                self.files.push(file(item.span.inner(), key, path, Role::RegistryCa, None));
            }
        }
        for (at, pair) in registry.keypair.iter().enumerate() {
            let number = Some(self.files.len());
            for (leaf, name, role) in [
                (&pair.body.cert, "cert", Role::RegistryCert),
                (&pair.body.key, "key", Role::RegistryKey),
            ] {
                let Some(field) = leaf.field().filter(|field| !field.value.is_empty()) else {
                    continue;
                };
                let (key, path) = (
                    format!("{}.keypair[{at}].{name}", table()),
                    Cow::Borrowed(field.value.as_ref()),
                );
                self.files.push(file(field.span.inner(), key, path, role, number));
            }
        }
    }

    fn folders(
        &mut self,
        registry: &'a RegistryEntry<'a>,
        find: &dyn Fn(&str) -> Option<PathBuf>,
        world: &dyn World,
    ) {
        for (at, item) in registry.tlsconfigdir.items().iter().enumerate() {
            if item.value.is_empty() {
                continue;
            }
            let place = find(&item.value);
            let listed = place.as_deref().map(|place| world.list(place).unwrap_or_default());
            let folder = TlsFolder {
                span: item.span.inner(),
                key: format!("registry.\"{}\".tlsconfigdir[{at}]", registry.name),
                path: item.value.as_ref(),
                registry,
                place,
                names: listed.into_iter().flatten().map(|entry| entry.text().to_owned()).collect(),
            };
            for name in &folder.names {
                let number = Some(self.files.len());
                let mut add = |name: &str, role, pair| {
                    let path = Cow::Owned(folder.join(name));
                    let key = folder.key.clone();
                    let file = TlsFile::new(folder.span, key, path, role, registry, pair);
                    let place = folder.place.as_deref().map(|place| place.join(Path::new(name)));
                    self.files.push(TlsFile { listed: true, place, ..file });
                };
                match name.rsplit_once('.') {
                    Some((_, "crt")) => add(name, Role::RegistryCa, None),
                    Some((stem, "cert")) => {
                        let key = format!("{stem}.key");
                        add(name, Role::RegistryCert, number);
                        if folder.has(&key) {
                            add(&key, Role::RegistryKey, number);
                        }
                    }
                    _ => {}
                }
            }
            self.folders.push(folder);
        }
    }

    /// buildkitd reads the files of the listener only if both halves of the pair are set, be it
    /// by flags, whose files are not the configuration's.
    fn listener(&mut self, effective: &Effective<'a>, find: &dyn Fn(&str) -> Option<PathBuf>) {
        let tls = &effective.config.grpc.tls;
        let flagged = |name| effective.flag(&format!("grpc.tls.{name}")).is_some();
        if (tls.cert.text().is_empty() && !flagged("cert"))
            || (tls.key.text().is_empty() && !flagged("key"))
        {
            return;
        }
        let pair = Some(self.files.len());
        for (leaf, name, role, pair) in [
            (&tls.cert, "cert", Role::ServerCert, pair),
            (&tls.key, "key", Role::ServerKey, pair),
            (&tls.ca, "ca", Role::ClientCa, None),
        ] {
            let Some(field) = leaf.field().filter(|field| !field.value.is_empty()) else {
                continue;
            };
            if flagged(name) {
                continue;
            }
            let path = Cow::Borrowed(field.value.as_ref());
            self.files.push(TlsFile {
                span: field.span.inner(),
                key: format!("grpc.tls.{name}"),
                place: find(&path),
                path,
                role,
                registry: None,
                pair,
                listed: false,
                misordered: false,
                loaded: None,
            });
        }
    }
}
