//! The typed configuration, and the one place where its keys are written down.
//!
//! Each table is a struct; the macro adds the schema ([`Rows::keys`]) and access by index, so the
//! decoder needs no code of its own for any key. Facts are upstream's `cmd/buildkitd/config`,
//! `util/resolver/config` and `cache/remotecache/gha/ghatypes`.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::hash::HashMap;
use crate::schema::{Key, Kind, Only, key};
use crate::source::Span;

/// A value, or why there is none. A rule about a missing key never fires on a malformed one.
#[derive(Clone, Debug, Default)]
pub enum Leaf<T> {
    /// Not written.
    #[default]
    Absent,
    /// Written, but not so that buildkitd could read it; the span of the value.
    Invalid(Span),
    /// Written.
    Set(Field<T>),
}

/// A value with its places.
#[derive(Clone, Debug)]
pub struct Field<T> {
    /// The key, dotted if it is written so.
    pub key: Span,
    /// The value.
    pub span: Span,
    /// What it says.
    pub value: T,
}

impl<T> Leaf<T> {
    /// The value with its places.
    pub const fn field(&self) -> Option<&Field<T>> {
        match self {
            Self::Set(field) => Some(field),
            _ => None,
        }
    }

    /// The value.
    pub fn get(&self) -> Option<&T> {
        self.field().map(|field| &field.value)
    }

    /// Whether the key is not written at all.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Leaf<bool> {
    /// Written as `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.get() == Some(&true)
    }
}

impl Leaf<Cow<'_, str>> {
    /// The text; empty if unset, which is the same for buildkitd.
    #[must_use]
    pub fn text(&self) -> &str {
        self.get().map_or("", |text| text.as_ref())
    }
}

impl<'s> Leaf<Vec<Element<'s>>> {
    /// The elements; none if unset.
    #[must_use]
    pub fn items(&self) -> &[Element<'s>] {
        self.get().map_or(&[], Vec::as_slice)
    }
}

/// A string in an array.
#[derive(Clone, Debug)]
pub struct Element<'s> {
    /// With its quotes.
    pub span: Span,
    /// What it says.
    pub value: Cow<'s, str>,
}

/// `DiskSpace` of upstream's `gcpolicy.go`: bytes, or a percentage of the disk; both zero is unset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bytes {
    /// Bytes.
    pub bytes: i64,
    /// Percent of the file system that holds `root`.
    pub percentage: i64,
}

impl Bytes {
    /// Zero counts as unset.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.bytes == 0 && self.percentage == 0
    }
}

/// A duration in nanoseconds, as Go counts it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Nanos(pub i64);

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;

/// A table that stands at most once.
#[derive(Debug, Default)]
pub struct Table<T> {
    /// Every place that makes it exist: headers, inline tables, dotted keys.
    pub places: Vec<Span>,
    /// Its keys.
    pub body: T,
}

impl<T> Table<T> {
    /// Whether anything mentions it.
    pub const fn is_present(&self) -> bool {
        !self.places.is_empty()
    }
}

impl<T> Deref for Table<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T> DerefMut for Table<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.body
    }
}

/// One table of a [`Tables`].
#[derive(Debug)]
pub struct Entry<'s, T> {
    /// Its name in a map; empty in an array of tables.
    pub name: Cow<'s, str>,
    /// The key that names it, or the header of an array's element.
    pub key: Span,
    /// Every place that mentions it.
    pub places: Vec<Span>,
    /// Its keys.
    pub body: T,
}

impl<T> Deref for Entry<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

/// Tables by name, or an array of tables, in the order of the text.
#[derive(Debug)]
pub struct Tables<'s, T> {
    entries: Vec<Entry<'s, T>>,
    index: HashMap<Cow<'s, str>, usize>,
    /// Every place that mentions the whole.
    pub places: Vec<Span>,
    /// Written inline as a whole.
    pub inline: bool,
}

impl<T> Default for Tables<'_, T> {
    fn default() -> Self {
        Self { entries: Vec::new(), index: HashMap::default(), places: Vec::new(), inline: false }
    }
}

impl<'s, T> Deref for Tables<'s, T> {
    type Target = [Entry<'s, T>];
    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<'s, T> Tables<'s, T> {
    /// The table of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Entry<'s, T>> {
        self.index.get(name).and_then(|&at| self.entries.get(at))
    }
}

/// A label: a string by name.
#[derive(Clone, Debug)]
pub struct Label<'s> {
    /// The key.
    pub key: Span,
    /// Its name.
    pub name: Cow<'s, str>,
    /// What it says.
    pub value: Leaf<Cow<'s, str>>,
}

/// A table of strings.
#[derive(Debug, Default)]
pub struct StringMap<'s> {
    /// In the order of the text; a name stands once.
    pub entries: Vec<Label<'s>>,
    /// Where in `entries` a name is.
    pub(crate) index: HashMap<Cow<'s, str>, usize>,
    /// Written inline.
    pub inline: bool,
    /// Every place that mentions it.
    pub places: Vec<Span>,
}

/// A pair or header in a table of anything.
#[derive(Clone, Debug)]
pub struct Assigned<'s> {
    /// Below the table: what the header says, shared by all pairs below it.
    pub header: Rc<[Cow<'s, str>]>,
    /// Below the header.
    pub path: Vec<Cow<'s, str>>,
    /// The node of the value; a header has none.
    pub value: Option<usize>,
    /// Whether it is a header in double brackets.
    pub array: bool,
}

/// A table of anything: what is assigned where.
#[derive(Debug, Default)]
pub struct FreeTable<'s> {
    /// In the order of the text.
    pub entries: Vec<Assigned<'s>>,
    /// Every place that mentions it.
    pub places: Vec<Span>,
}

/// A value of whatever sort, with its places left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Data<'a> {
    /// Nothing, and nothing follows from that.
    Unset,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Text(Cow<'a, str>),
    /// Strings in order.
    List(Vec<Cow<'a, str>>),
    /// A size.
    Size(Bytes),
    /// A duration.
    Duration(Nanos),
    /// Strings by name.
    Labels(Vec<(Cow<'a, str>, Cow<'a, str>)>),
    /// What only the machine can tell, in words: `10% of disk`.
    Words(Cow<'a, str>),
}

impl Data<'_> {
    /// The same, borrowing nothing.
    #[must_use]
    pub fn owned(&self) -> Data<'static> {
        let owned = |text: &Cow<'_, str>| Cow::Owned(text.to_string());
        match self {
            Self::Unset => Data::Unset,
            Self::Bool(value) => Data::Bool(*value),
            Self::Int(value) => Data::Int(*value),
            Self::Text(text) => Data::Text(owned(text)),
            Self::List(items) => Data::List(items.iter().map(owned).collect()),
            Self::Size(size) => Data::Size(*size),
            Self::Duration(nanos) => Data::Duration(*nanos),
            Self::Labels(pairs) => {
                Data::Labels(pairs.iter().map(|(name, text)| (owned(name), owned(text))).collect())
            }
            Self::Words(words) => Data::Words(owned(words)),
        }
    }
}

/// `true` or `false`.
pub type Bool<'s> = Leaf<bool>;
/// An integer.
pub type Int<'s> = Leaf<i64>;
/// A string.
pub type Str<'s> = Leaf<Cow<'s, str>>;
/// An array of strings.
pub type Strs<'s> = Leaf<Vec<Element<'s>>>;
/// A size.
pub type Size<'s> = Leaf<Bytes>;
/// A duration.
pub type Duration<'s> = Leaf<Nanos>;
/// A table.
pub type Section<'s, T> = Table<T>;
/// Tables by name.
pub type Map<'s, T> = Tables<'s, T>;
/// An array of tables.
pub type List<'s, T> = Tables<'s, T>;
/// A table of strings.
pub type Labels<'s> = StringMap<'s>;
/// A table of anything.
pub type Free<'s> = FreeTable<'s>;

/// A table's keys and values by index.
pub trait Rows<'s> {
    /// Its keys.
    fn keys(&self) -> &'static [Key];
    /// The place for a key's value.
    fn slot(&mut self, index: usize) -> Option<Slot<'_, 's>>;
    /// A key's value.
    fn view(&self, index: usize) -> Option<View<'_, 's>>;
}

impl View<'_, '_> {
    /// Whether the file says anything about the key, be it of use or not.
    #[must_use]
    pub fn is_said(&self) -> bool {
        match self {
            Self::Bool(leaf) => !leaf.is_absent(),
            Self::Int(leaf) => !leaf.is_absent(),
            Self::Str(leaf) => !leaf.is_absent(),
            Self::Strs(leaf) => !leaf.is_absent(),
            Self::Size(leaf) => !leaf.is_absent(),
            Self::Duration(leaf) => !leaf.is_absent(),
            Self::Table(places, _) => !places.is_empty(),
            Self::Map(tables) | Self::List(tables) => tables.count() > 0 || tables.is_assigned(),
            Self::Labels(labels) => !labels.entries.is_empty(),
            Self::Free(table) => !table.places.is_empty() || !table.entries.is_empty(),
        }
    }
}

impl Config<'_> {
    /// Those of some keys that the file says anything about: a bit for each at the root, by its
    /// place in the schema, from [`WORKER_BITS`] on one for each of a worker's table, and from
    /// [`REGISTRY_BITS`] on one for each of a registry's.
    #[must_use]
    pub fn said(&self, among: u64) -> u64 {
        let bits = |rows: &dyn Rows<'_>, from: u32, to: u32| {
            let (mut said, mut left) = (0, among & (u64::MAX >> (64 - to)) & (u64::MAX << from));
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                let view = rows.view((at - from) as usize);
                said |= u64::from(view.is_some_and(|view| view.is_said())) << at;
            }
            said
        };
        let Workers { oci, containerd, .. } = &self.worker.body;
        let workers = [oci, containerd].into_iter().filter(|worker| worker.is_present());
        let workers = workers.map(|worker| bits(&worker.body, WORKER_BITS, REGISTRY_BITS));
        let registries = self.registry.iter().map(|one| bits(&one.body, REGISTRY_BITS, 64));
        workers.chain(registries).fold(bits(self, 0, WORKER_BITS), |all, some| all | some)
    }
}

/// Where the bits of the keys of a worker's table begin.
pub const WORKER_BITS: u32 = 24;

/// Where the bits of the keys of a registry's table begin.
pub const REGISTRY_BITS: u32 = 56;

const _: () = assert!(
    Config::KEYS.len() <= WORKER_BITS as usize
        && Worker::KEYS.len() <= (REGISTRY_BITS - WORKER_BITS) as usize
        && Registry::KEYS.len() <= (64 - REGISTRY_BITS) as usize
);

/// The value of a key, to be read.
#[allow(missing_docs, reason = "as the variants of `Kind`")]
pub enum View<'a, 's> {
    Bool(&'a Leaf<bool>),
    Int(&'a Leaf<i64>),
    Str(&'a Leaf<Cow<'s, str>>),
    Strs(&'a Leaf<Vec<Element<'s>>>),
    Size(&'a Leaf<Bytes>),
    Duration(&'a Leaf<Nanos>),
    Table(&'a [Span], &'a dyn Rows<'s>),
    Map(&'a dyn Growing<'s>),
    List(&'a dyn Growing<'s>),
    Labels(&'a StringMap<'s>),
    Free(&'a FreeTable<'s>),
}

/// The place for a value.
#[allow(missing_docs, reason = "as the variants of `Kind`")]
pub enum Slot<'a, 's> {
    Bool(&'a mut Leaf<bool>),
    Int(&'a mut Leaf<i64>),
    Str(&'a mut Leaf<Cow<'s, str>>),
    Strs(&'a mut Leaf<Vec<Element<'s>>>),
    Size(&'a mut Leaf<Bytes>),
    Duration(&'a mut Leaf<Nanos>),
    Table(&'a mut Vec<Span>, &'a mut dyn Rows<'s>),
    Map(&'a mut dyn Growing<'s>),
    List(&'a mut dyn Growing<'s>),
    Labels(&'a mut StringMap<'s>),
    Free(&'a mut FreeTable<'s>),
}

impl<'s> Slot<'_, 's> {
    /// The same place for a shorter time.
    pub fn reborrow(&mut self) -> Slot<'_, 's> {
        match self {
            Self::Bool(leaf) => Slot::Bool(leaf),
            Self::Int(leaf) => Slot::Int(leaf),
            Self::Str(leaf) => Slot::Str(leaf),
            Self::Strs(leaf) => Slot::Strs(leaf),
            Self::Size(leaf) => Slot::Size(leaf),
            Self::Duration(leaf) => Slot::Duration(leaf),
            Self::Table(places, rows) => Slot::Table(places, &mut **rows),
            Self::Map(tables) => Slot::Map(&mut **tables),
            Self::List(tables) => Slot::List(&mut **tables),
            Self::Labels(labels) => Slot::Labels(labels),
            Self::Free(table) => Slot::Free(table),
        }
    }
}

/// A map or an array of tables while it is filled.
pub trait Growing<'s> {
    /// Notes a place that mentions the whole.
    fn mention(&mut self, place: Span);
    /// Notes that the whole is written inline.
    fn assigned(&mut self);
    /// Whether the whole is written inline.
    fn is_assigned(&self) -> bool;
    /// How many tables there are.
    fn count(&self) -> usize;
    /// Forgets all of them.
    fn clear(&mut self);
    /// The table of that name, made if needed; `fresh` empties it first.
    fn named_mut(&mut self, name: Cow<'s, str>, key: Span, fresh: bool) -> &mut dyn Rows<'s>;
    /// A new table at the end.
    fn push(&mut self, key: Span) -> &mut dyn Rows<'s>;
    /// The table at the end.
    fn last_mut(&mut self) -> Option<&mut dyn Rows<'s>>;
    /// The name, the key and the table at a place.
    fn entry(&self, index: usize) -> Option<(&str, Span, &dyn Rows<'s>)>;
}

impl<'s, T: Rows<'s> + Default> Growing<'s> for Tables<'s, T> {
    fn mention(&mut self, place: Span) {
        self.places.push(place);
    }
    fn assigned(&mut self) {
        self.inline = true;
    }
    fn is_assigned(&self) -> bool {
        self.inline
    }
    fn count(&self) -> usize {
        self.entries.len()
    }
    fn clear(&mut self) {
        self.entries.clear();
        self.index.clear();
    }
    fn named_mut(&mut self, name: Cow<'s, str>, key: Span, fresh: bool) -> &mut dyn Rows<'s> {
        let fresh_at = self.entries.len();
        let at = *self.index.entry(name.clone()).or_insert(fresh_at);
        if at == fresh_at {
            self.entries.push(Entry { name, key, places: Vec::new(), body: T::default() });
        }
        let entry = &mut self.entries[at];
        entry.places.push(key);
        if fresh {
            entry.body = T::default();
        }
        &mut entry.body
    }
    fn push(&mut self, key: Span) -> &mut dyn Rows<'s> {
        let at = self.entries.len();
        self.entries.push(Entry {
            name: Cow::Borrowed(""),
            key,
            places: vec![key],
            body: T::default(),
        });
        &mut self.entries[at].body
    }
    fn last_mut(&mut self) -> Option<&mut dyn Rows<'s>> {
        self.entries.last_mut().map(|entry| &mut entry.body as &mut dyn Rows<'s>)
    }
    fn entry(&self, index: usize) -> Option<(&str, Span, &dyn Rows<'s>)> {
        let entry = self.entries.get(index)?;
        Some((&entry.name, entry.key, &entry.body))
    }
}

/// What can stand behind a key.
trait Typed<'s> {
    const KIND: Kind;
    fn slot(&mut self) -> Slot<'_, 's>;
    fn view(&self) -> View<'_, 's>;
}

macro_rules! typed {
    ($($ty:ty => $kind:ident;)*) => { $(
        impl<'s> Typed<'s> for $ty {
            const KIND: Kind = Kind::$kind;
            fn slot(&mut self) -> Slot<'_, 's> {
                Slot::$kind(self)
            }
            fn view(&self) -> View<'_, 's> {
                View::$kind(self)
            }
        }
    )* };
}

typed! {
    Leaf<bool> => Bool;
    Leaf<i64> => Int;
    Leaf<Cow<'s, str>> => Str;
    Leaf<Vec<Element<'s>>> => Strs;
    Leaf<Bytes> => Size;
    Leaf<Nanos> => Duration;
    StringMap<'s> => Labels;
    FreeTable<'s> => Free;
}

/// A table with its keys.
pub trait Keyed {
    /// The keys.
    const KEYS: &'static [Key];
    /// Whether such tables stand by name, and not in an array.
    const NAMED: bool;
}

impl<'s, T: Rows<'s> + Keyed> Typed<'s> for Table<T> {
    const KIND: Kind = Kind::Table(T::KEYS);
    fn slot(&mut self) -> Slot<'_, 's> {
        Slot::Table(&mut self.places, &mut self.body)
    }
    fn view(&self) -> View<'_, 's> {
        View::Table(&self.places, &self.body)
    }
}

impl<'s, T: Rows<'s> + Keyed + Default> Typed<'s> for Tables<'s, T> {
    const KIND: Kind = T::MANY;
    fn slot(&mut self) -> Slot<'_, 's> {
        match T::MANY {
            Kind::Map(_) => Slot::Map(self),
            _ => Slot::List(self),
        }
    }
    fn view(&self) -> View<'_, 's> {
        match T::MANY {
            Kind::Map(_) => View::Map(self),
            _ => View::List(self),
        }
    }
}

/// Whether tables of a sort stand by name or in an array.
trait Many: Keyed {
    const MANY: Kind;
}

impl<T: Keyed> Many for T {
    const MANY: Kind = if T::NAMED { Kind::Map(T::KEYS) } else { Kind::List(T::KEYS) };
}

macro_rules! tables {
    ($( $(#[doc = $about:literal])* $name:ident { $(
        $(#[doc = $doc:literal])* $field:ident : $ty:ident $([$arg:ident])? = $key:expr;
    )* } )*) => { $(
        $(#[doc = $about])*
        #[derive(Debug, Default)]
        pub struct $name<'s> { $(
            $(#[doc = $doc])*
            pub $field: $ty<'s $(, $arg<'s>)?>,
        )* #[doc(hidden)] pub marker: std::marker::PhantomData<&'s ()> }

        impl Keyed for $name<'_> {
            const KEYS: &'static [Key] = &[ $(
                $key.typed(
                    <$ty<'static $(, $arg<'static>)?> as Typed<'static>>::KIND,
                    concat!($($doc),*),
                ),
            )* ];
            const NAMED: bool = matches!(stringify!($name).as_bytes(), b"Registry");
        }

        impl<'s> Rows<'s> for $name<'s> {
            fn keys(&self) -> &'static [Key] {
                Self::KEYS
            }
            fn slot(&mut self, index: usize) -> Option<Slot<'_, 's>> {
                let mut at = index;
                $(
                    if at == 0 {
                        return Some(Typed::slot(&mut self.$field));
                    }
                    at -= 1;
                )*
                let _ = at;
                None
            }
            fn view(&self, index: usize) -> Option<View<'_, 's>> {
                let mut at = index;
                $(
                    if at == 0 {
                        return Some(Typed::view(&self.$field));
                    }
                    at -= 1;
                )*
                let _ = at;
                None
            }
        }
    )* };
}

tables! {
    /// The whole file.
    Config {
        /// Deprecated alias for log.level = "debug"; since v0.30.0 a non-empty log.level
        /// (file, --log-level, BUILDKITD_LOG_LEVEL, --debug) is applied after it and wins.
        /// A warning is logged from v0.30.0.
        debug: Bool = key("debug", 3, 0).default("false").deprecated(30, 0, "log.level");
        /// Deprecated alias for log.level = "trace"; same precedence as debug.
        trace: Bool = key("trace", 12, 0).default("false").deprecated(30, 0, "log.level");
        /// Rootless default $XDG_DATA_HOME/buildkit, else $HOME/.local/share/buildkit;
        /// Windows %ProgramData%\buildkitd\.buildstate. Relative paths are made absolute
        /// against the working directory; no ~ or $VAR expansion. --root overrides.
        root: Str = key("root", 3, 0).default("/var/lib/buildkit");
        /// Unknown strings are silently dropped. Replaced as a whole when
        /// --allow-insecure-entitlement is given (buildx adds that flag itself). "device"
        /// is appended automatically unless cdi.disabled is true; the value "device" is
        /// understood in the file since v0.20.x (solver) and in the flag since v0.24.0.
        insecure_entitlements: Strs = key("insecure-entitlements", 5, 0).values(&["network.host", "security.insecure", "device"]);
        /// Linux only: on other systems every exec then fails. --proxy-network overrides.
        proxy_network: Bool = key("proxyNetwork", 31, 0).default("false");
        /// Windows %ProgramData%\buildkitd\provenance.d. Not rootless-aware. A missing
        /// directory is ignored; bad JSON or a non-directory stops start-up.
        provenance_env_dir: Str = key("provenanceEnvDir", 25, 0).default("/etc/buildkit/provenance.d");
        /// The `log` settings.
        log: Section[Log] = key("log", 13, 0);
        /// The `grpc` settings.
        grpc: Section[Grpc] = key("grpc", 3, 0);
        /// The `otel` settings.
        otel: Section[Otel] = key("otel", 13, 0);
        /// The `cdi` settings.
        cdi: Section[Cdi] = key("cdi", 20, 0);
        /// Its mere presence replaces both built-in defaults (48h, 50) with zero for
        /// whichever key is missing.
        history: Section[History] = key("history", 11, 0).pointer();
        /// Affects resolv.conf inside build containers only, not the daemon's own look-ups.
        dns: Section[Dns] = key("dns", 6, 0).pointer();
        /// The `worker` settings.
        worker: Section[Workers] = key("worker", 3, 0);
        /// Map keyed by the exact registry `host[:port]` of image references; quote the key.
        registry: Map[Registry] = key("registry", 3, 0);
        /// The `frontend` settings.
        frontend: Section[Frontends] = key("frontend", 14, 0);
        /// The `system` settings.
        system: Section[System] = key("system", 14, 0).pointer();
        /// The `cache` settings.
        cache: Section[Cache] = key("cache", 27, 0);
    }

    /// `[log]`
    Log {
        /// Empty means text. Case-sensitive; any other value stops start-up.
        format: Str = key("format", 13, 0).default("text").values(&["text", "json"]);
        /// Case-insensitive; any other value stops start-up. Empty keeps info, or
        /// debug/trace if those keys are set.
        level: Str = key("level", 30, 0).default("info").values(&["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"]);
    }

    /// `[grpc]`: where the daemon listens.
    Grpc {
        /// Schemes: unix, tcp, npipe, fd (lower case, with ://). Rootless default
        /// unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock; non-Linux Unix
        /// unix:///var/run/buildkit/buildkitd.sock; Windows npipe:////./pipe/buildkitd. An
        /// empty array means the default. --addr overrides.
        address: Strs = key("address", 3, 0).default("[\"unix:///run/buildkit/buildkitd.sock\"]");
        /// Empty = off. host:port (tcp assumed) or the same schemes as grpc.address; never
        /// TLS, never authenticated. --debugaddr / BUILDKITD_DEBUGADDR override.
        debug_address: Str = key("debugAddress", 3, 0);
        /// Default: uid of the process. Owner of unix sockets only. Numeric only.
        uid: Int = key("uid", 3, 0).pointer();
        /// Default: gid of the process. Group of unix sockets only. Numeric only (names
        /// only through --group).
        gid: Int = key("gid", 3, 0).pointer();
        /// Windows named pipes only (SDDL); ignored elsewhere. Windows default
        /// D:P(A;;GA;;;BA)(A;;GA;;;SY).
        security_descriptor: Str = key("securityDescriptor", 13, 2);
        /// Applies to tcp and fd listeners only.
        tls: Section[Tls] = key("tls", 3, 0);
    }

    /// `[grpc.tls]`
    Tls {
        /// PEM file. cert and key must be given together.
        cert: Str = key("cert", 3, 0);
        /// PEM file. cert and key must be given together.
        key: Str = key("key", 3, 0);
        /// PEM file; turns on required client certificates. Silently has no effect unless
        /// cert and key are set as well.
        ca: Str = key("ca", 3, 0);
    }

    /// `[otel]`
    Otel {
        /// A bare path (no unix://). buildkitd listens here and removes whatever file is at
        /// that path. Rootless $XDG_RUNTIME_DIR/buildkit/otel-grpc.sock; non-Linux Unix
        /// /var/run/buildkit/otel-grpc.sock; Windows \\.\pipe\buildkit-otel-grpc.
        socket_path: Str = key("socketPath", 13, 0).default("/run/buildkit/otel-grpc.sock");
    }

    /// `[cdi]`: devices.
    Cdi {
        /// Unset means enabled.
        disabled: Bool = key("disabled", 20, 0).default("false").pointer();
        /// Replaces the defaults. Windows %ProgramData%\buildkitd\cdi. Only *.json and
        /// *.yaml are read; an unreadable spec stops start-up.
        spec_dirs: Strs = key("specDirs", 20, 0).default("[\"/etc/cdi\", \"/var/run/cdi\", \"/etc/buildkit/cdi\"]");
        /// Exact device names (vendor/class=name) or kinds (vendor/class); no wildcards.
        /// Not in the official docs page.
        auto_allowed: Strs = key("autoAllowed", 20, 0);
    }

    /// `[history]`: build records.
    History {
        /// The 48h default applies only when there is no `[history]` table; with the table
        /// and no key it is 0.
        max_age: Duration = key("maxAge", 11, 0).default("48h");
        /// The 50 default applies only when there is no `[history]` table; with the table and
        /// no key it is 0. A negative number crashes the daemon.
        max_entries: Int = key("maxEntries", 11, 0).default("50");
    }

    /// `[dns]`: the `resolv.conf` of build containers.
    Dns {
        /// IP addresses only (no port, no name); checked at the first RUN step. Empty =
        /// host resolv.conf.
        nameservers: Strs = key("nameservers", 6, 0);
        /// Written as given. Empty = host resolv.conf.
        options: Strs = key("options", 6, 0);
        /// "." entries are dropped. Empty = host resolv.conf.
        search_domains: Strs = key("searchDomains", 6, 0);
    }

    /// `[worker]`
    Workers {
        /// Linux only.
        oci: Section[Worker] = key("oci", 3, 0);
        /// The `containerd` settings.
        containerd: Section[Worker] = key("containerd", 3, 0);
    }

    /// `[worker.oci]` or `[worker.containerd]`.
    Worker {
        /// Unset = auto: used when runc or buildkit-runc is in PATH (binary is not looked
        /// at).
        enabled: Bool = key("enabled", 3, 0).pointer();
        /// String to string. Keys under org.mobyproject.buildkit.worker. overwrite built-in
        /// labels.
        labels: Labels = key("labels", 3, 0);
        /// Unset = detected. The first entry is the default build platform. An explicit
        /// empty array means the host platform only at start-up.
        platforms: Strs = key("platforms", 3, 0);
        /// The OCI worker knows auto (overlayfs, then fuse-overlayfs, then native),
        /// overlayfs, native, fuse-overlayfs and stargz, or any name with
        /// proxySnapshotterPath; the containerd worker takes the name of any of
        /// containerd's plugins (overlayfs if unset).
        snapshotter: Str = key("snapshotter", 3, 0).default("auto").values(&["auto", "overlayfs", "native", "fuse-overlayfs", "stargz"]).containerd_since(8, 0);
        /// In a user namespace the --rootless flag defaults to true and overrides this key.
        rootless: Bool = key("rootless", 3, 0).default("false").containerd_since(10, 0);
        /// False turns GC off and makes every other gc key meaningless.
        gc: Bool = key("gc", 4, 0).default("true").pointer();
        /// Used only if reservedSpace, maxUsedSpace and minFreeSpace are all unset. Integer
        /// = bytes.
        gckeepstorage: Size = key("gckeepstorage", 4, 0).deprecated(17, 0, "reservedSpace");
        /// The default applies only when reservedSpace, maxUsedSpace, minFreeSpace and
        /// gckeepstorage are all unset (zero counts as unset). Ignored when gcpolicy has
        /// entries. Before v0.17.0 the only limit was gckeepstorage.
        reserved_space: Size = key("reservedSpace", 17, 0).default("min(10% of disk, 10 GB); Windows 20%");
        /// The default applies only when reservedSpace, maxUsedSpace, minFreeSpace and
        /// gckeepstorage are all unset (zero counts as unset). Ignored when gcpolicy has
        /// entries. Before v0.17.0 the only limit was gckeepstorage.
        max_used_space: Size = key("maxUsedSpace", 17, 0).default("min(80% of disk, 100 GB)");
        /// The default applies only when reservedSpace, maxUsedSpace, minFreeSpace and
        /// gckeepstorage are all unset (zero counts as unset). Ignored when gcpolicy has
        /// entries. Before v0.17.0 the only limit was gckeepstorage.
        min_free_space: Size = key("minFreeSpace", 17, 0).default("20% of disk");
        /// Array of tables; default four built-in rules. Any entry replaces all of them and
        /// makes the worker-level space keys meaningless.
        gcpolicy: List[GcRule] = key("gcpolicy", 3, 0);
        /// Case-sensitive. Empty = auto. bridge since v0.13.0, Linux only.
        network_mode: Str = key("networkMode", 6, 0).default("auto").values(&["auto", "cni", "host", "bridge"]);
        /// Rootless $XDG_CONFIG_HOME/buildkit/cni.json, else
        /// $HOME/.config/buildkit/cni.json; Windows
        /// %ProgramFiles%\containerd\cni\conf\0-containerd-nat.conf. In auto mode a missing
        /// file means host networking.
        cni_config_path: Str = key("cniConfigPath", 6, 0).default("/etc/buildkit/cni.json");
        /// Windows %ProgramFiles%\containerd\cni\bin.
        cni_binary_path: Str = key("cniBinaryPath", 6, 0).default("/opt/cni/bin");
        /// 0 or negative = no pre-made namespaces.
        cni_pool_size: Int = key("cniPoolSize", 11, 0).default("0");
        /// Only for networkMode = "bridge".
        bridge_name: Str = key("bridgeName", 13, 0).default("buildkit0");
        /// Only for networkMode = "bridge". Network address in CIDR form.
        bridge_subnet: Str = key("bridgeSubnet", 13, 0).default("10.10.0.0/16");
        /// Checked at every RUN step, not at start.
        apparmor_profile: Str = key("apparmor-profile", 8, 2);
        /// Checked at every RUN step, not at start.
        selinux: Bool = key("selinux", 10, 6).default("false");
        /// 0 or negative = unlimited.
        max_parallelism: Int = key("max-parallelism", 9, 0).default("0");
        /// Removed again in rootless mode.
        default_cgroup_parent: Str = key("defaultCgroupParent", 10, 0).containerd_since(15, 0);
        /// Needs worker.oci.rootless, else start-up fails. Not known to worker.containerd.
        no_process_sandbox: Bool = key("noProcessSandbox", 4, 0).default("false").only(Only::Oci);
        /// Testing only: user name for uid/gid remapping.
        user_remap_unsupported: Str = key("userRemapUnsupported", 5, 0).only(Only::Oci);
        /// Empty = buildkit-runc, then runc. A given name is the only candidate.
        binary: Str = key("binary", 7, 0).only(Only::Oci);
        /// Bare socket path without unix://. Needs snapshotter set to the remote name.
        proxy_snapshotter_path: Str = key("proxySnapshotterPath", 8, 0).only(Only::Oci);
        /// Free table, read only when snapshotter = "stargz". Type was a raw TOML primitive
        /// before v0.10.0.
        stargz_snapshotter: Free = key("stargzSnapshotter", 8, 0).only(Only::Oci);
        /// Bare path: a unix:// or tcp:// prefix makes start-up fail. Windows
        /// \\.\pipe\containerd-containerd.
        address: Str = key("address", 3, 0).default("/run/containerd/containerd.sock").only(Only::Containerd);
        /// The containerd namespace; its rules are checked on use.
        namespace: Str = key("namespace", 3, 0).default("buildkit").only(Only::Containerd);
        /// Ignored altogether unless name is set.
        runtime: Section[Runtime] = key("runtime", 13, 0).only(Only::Containerd);
    }

    /// `[[worker.*.gcpolicy]]`
    GcRule {
        /// True also lets internal, frontend and shared records be deleted.
        all: Bool = key("all", 3, 0).default("false");
        /// Entries are ORed; a comma inside one entry is AND. containerd filter syntax (==,
        /// !=, ~=).
        filters: Strs = key("filters", 3, 0);
        /// 0 or negative = no age limit.
        keep_duration: Duration = key("keepDuration", 3, 0).default("0s");
        /// Used as reservedSpace when that is unset.
        keep_bytes: Size = key("keepBytes", 3, 0).default("0").deprecated(17, 0, "reservedSpace");
        /// Floor; on its own it is also the cap.
        reserved_space: Size = key("reservedSpace", 17, 0).default("0");
        /// Cap on the whole cache, not on the records that match. 0 = none. Ignored when
        /// below reservedSpace.
        max_used_space: Size = key("maxUsedSpace", 17, 0).default("0");
        /// Target for free disk space. 0 = none.
        min_free_space: Size = key("minFreeSpace", 17, 0).default("0");
    }

    /// `[worker.containerd.runtime]`
    Runtime {
        /// Windows io.containerd.runhcs.v1; FreeBSD wtf.sbk.runj.v1.
        name: Str = key("name", 13, 0).default("io.containerd.runc.v2");
        /// The shim binary.
        path: Str = key("path", 13, 0);
        /// Free table decoded into the shim's option type; unknown names in it are ignored.
        /// For io.containerd.runc.v2: NoPivotRoot, NoNewKeyring, ShimCgroup, IoUid, IoGid,
        /// BinaryName, Root, SystemdCgroup, CriuImagePath, CriuWorkPath, TaskApiAddress,
        /// TaskApiVersion. For any other name on Linux: TypeUrl, ConfigPath, ConfigBody.
        options: Free = key("options", 13, 0);
    }

    /// `[registry."host"]`
    Registry {
        /// `host[:port][/path]`; tried in order before the registry itself, for pulls only.
        /// Scheme, user info, query and fragment are dropped. Paths since v0.12.0.
        mirrors: Strs = key("mirrors", 3, 0);
        /// Unset: plain HTTP for localhost and loopback IPs only. Concerns the host named
        /// by the table key, never its mirrors.
        http: Bool = key("http", 3, 0).pointer();
        /// Skips TLS verification; does not by itself allow plain HTTP (set http as well
        /// for a fallback).
        insecure: Bool = key("insecure", 7, 0).pointer();
        /// PEM files, read at pull/push time, added to the system pool.
        ca: Strs = key("ca", 7, 0);
        /// Array of tables.
        keypair: List[KeyPair] = key("keypair", 7, 0);
        /// Directories: *.crt as CA, *.cert with the same-named *.key as client pair;
        /// missing or unreadable directories are ignored.
        tlsconfigdir: Strs = key("tlsconfigdir", 7, 0);
    }

    /// `[[registry."host".keypair]]`
    KeyPair {
        /// PEM file; both key and cert are needed.
        key: Str = key("key", 7, 0);
        /// PEM file; both key and cert are needed.
        cert: Str = key("cert", 7, 0);
    }

    /// `[frontend]`
    Frontends {
        /// The dot is part of the name, so the name must be quoted.
        dockerfile_v0: Section[DockerfileFrontend] = key("dockerfile.v0", 14, 0);
        /// The dot is part of the name, so the name must be quoted.
        gateway_v0: Section[GatewayFrontend] = key("gateway.v0", 14, 0);
    }

    /// `[frontend."dockerfile.v0"]`
    DockerfileFrontend {
        /// Whether the frontend is on.
        enabled: Bool = key("enabled", 14, 0).default("true").pointer();
    }

    /// `[frontend."gateway.v0"]`
    GatewayFrontend {
        /// False also breaks every Dockerfile with a # syntax line.
        enabled: Bool = key("enabled", 14, 0).default("true").pointer();
        /// Empty = all. Compared by normalised repository name; tag and digest of an entry
        /// are dropped.
        allowed_repositories: Strs = key("allowedRepositories", 14, 0);
    }

    /// `[system]`
    System {
        /// Negative = never rescan; 0 = rescan each time.
        platforms_cache_max_age: Duration = key("platformsCacheMaxAge", 14, 0).default("20s").pointer();
        /// Zero or negative stops start-up. Manifest/JSON requests get one extra slot per
        /// registry.
        max_registry_concurrency: Int = key("maxRegistryConcurrency", 31, 0).default("4").pointer();
    }

    /// `[cache]`
    Cache {
        /// The official docs page shows `[ghacache.*]`, which nothing reads.
        gha: Section[Gha] = key("gha", 27, 0).pointer();
    }

    /// `[cache.gha]`: signatures on GitHub Actions cache.
    Gha {
        /// The `sign` settings.
        sign: Section[Sign] = key("sign", 27, 0).pointer();
        /// The `verify` settings.
        verify: Section[Verify] = key("verify", 27, 0);
    }

    /// `[cache.gha.sign]`
    Sign {
        /// Argv array. The docs page calls it cmd and shows a string; neither works. Needs
        /// cache.gha.verify.required = true, else the exporter calls a nil function.
        command: Strs = key("command", 27, 0);
    }

    /// `[cache.gha.verify]`
    Verify {
        /// Whether cache must carry a valid signature.
        required: Bool = key("required", 27, 0).default("false");
        /// The `policy` settings.
        policy: Section[VerifyPolicy] = key("policy", 27, 0);
    }

    /// `[cache.gha.verify.policy]`
    VerifyPolicy {
        /// How many signed timestamps a signature needs.
        timestamp_threshold: Int = key("timestampThreshold", 27, 0).default("0");
        /// How many transparency log entries a signature needs.
        tlog_threshold: Int = key("tlogThreshold", 27, 0).default("0");
        /// Read by the Go field name CertificateIssuer, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        certificate_issuer: Str = key("certificateIssuer", 27, 0).untagged();
        /// Read by the Go field name SubjectAlternativeName, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        subject_alternative_name: Str = key("subjectAlternativeName", 27, 0).untagged();
        /// Read by the Go field name Issuer, in any case. Empty = not checked. Value may
        /// begin and/or end with * as a wildcard.
        issuer: Str = key("issuer", 27, 0).untagged();
        /// Read by the Go field name GithubWorkflowTrigger, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        github_workflow_trigger: Str = key("githubWorkflowTrigger", 27, 0).untagged();
        /// Read by the Go field name GithubWorkflowSHA, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        github_workflow_sha: Str = key("githubWorkflowSHA", 27, 0).untagged();
        /// Read by the Go field name GithubWorkflowName, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        github_workflow_name: Str = key("githubWorkflowName", 27, 0).untagged();
        /// Read by the Go field name GithubWorkflowRepository, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        github_workflow_repository: Str = key("githubWorkflowRepository", 27, 0).untagged();
        /// Read by the Go field name GithubWorkflowRef, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        github_workflow_ref: Str = key("githubWorkflowRef", 27, 0).untagged();
        /// Read by the Go field name BuildSignerURI, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        build_signer_uri: Str = key("buildSignerURI", 27, 0).untagged();
        /// Read by the Go field name BuildSignerDigest, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        build_signer_digest: Str = key("buildSignerDigest", 27, 0).untagged();
        /// Read by the Go field name RunnerEnvironment, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        runner_environment: Str = key("runnerEnvironment", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryURI, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        source_repository_uri: Str = key("sourceRepositoryURI", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryDigest, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        source_repository_digest: Str = key("sourceRepositoryDigest", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryRef, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        source_repository_ref: Str = key("sourceRepositoryRef", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryIdentifier, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        source_repository_identifier: Str = key("sourceRepositoryIdentifier", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryOwnerURI, in any case. Empty = not
        /// checked. Value may begin and/or end with * as a wildcard.
        source_repository_owner_uri: Str = key("sourceRepositoryOwnerURI", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryOwnerIdentifier, in any case. Empty =
        /// not checked. Value may begin and/or end with * as a wildcard.
        source_repository_owner_identifier: Str = key("sourceRepositoryOwnerIdentifier", 27, 0).untagged();
        /// Read by the Go field name BuildConfigURI, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        build_config_uri: Str = key("buildConfigURI", 27, 0).untagged();
        /// Read by the Go field name BuildConfigDigest, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        build_config_digest: Str = key("buildConfigDigest", 27, 0).untagged();
        /// Read by the Go field name BuildTrigger, in any case. Empty = not checked. Value
        /// may begin and/or end with * as a wildcard.
        build_trigger: Str = key("buildTrigger", 27, 0).untagged();
        /// Read by the Go field name RunInvocationURI, in any case. Empty = not checked.
        /// Value may begin and/or end with * as a wildcard.
        run_invocation_uri: Str = key("runInvocationURI", 27, 0).untagged();
        /// Read by the Go field name SourceRepositoryVisibilityAtSigning, in any case.
        /// Empty = not checked. Value may begin and/or end with * as a wildcard.
        source_repository_visibility_at_signing: Str = key("sourceRepositoryVisibilityAtSigning", 27, 0).untagged();
    }
}
