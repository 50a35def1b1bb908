//! Every key with the value it has for buildkitd, and where that comes from.

use std::fmt::Display;

use super::gc::Limit;
use crate::decode::{dotted, scalar};
use crate::model::{Bytes, Config, Data, Field, Leaf, Nanos, Rows, Table, View, Worker};
use crate::schema::{Key, Kind, Only};
use crate::settings::{Deploy, Override, Settings};
use crate::source::Span;

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance<'a> {
    /// The file says so.
    File {
        /// The key.
        key: Span,
        /// The value.
        value: Span,
    },
    /// A flag says so, whatever the file has; the flag.
    Flag(&'a str),
    /// Nobody says anything.
    Default,
}

/// The value of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value<'a> {
    /// The dotted path, quoted where TOML wants it: `registry."docker.io".mirrors`.
    pub key: String,
    /// What it is.
    pub data: Data<'a>,
    /// Where it comes from.
    pub from: Provenance<'a>,
    /// What stands in the file though a flag beats it.
    pub beaten: Option<Span>,
}

/// The configuration buildkitd would run with.
#[derive(Clone, Copy)]
pub struct Effective<'a> {
    /// What the file says.
    pub config: &'a Config<'a>,
    settings: &'a Settings,
}

impl<'a> Effective<'a> {
    /// What the file comes to under these settings.
    #[must_use]
    pub const fn new(config: &'a Config<'a>, settings: &'a Settings) -> Self {
        Self { config, settings }
    }

    /// Whether buildx makes the builder, so that the files of certificates are the client's, and
    /// those of `ca` and `keypair` alone reach it.
    #[must_use]
    pub fn is_copied(&self) -> bool {
        self.settings.driver().is_some()
    }

    /// The flag that beats a key of a table.
    pub(super) fn flag_in<P>(&self, table: &P, key: &str) -> Option<&'a Override>
    where
        P: Display + ?Sized,
    {
        // Most files are judged without any.
        if self.settings.overrides.is_empty() {
            return None;
        }
        // The root has no name.
        self.flag(format!("{table}.{key}").trim_start_matches('.'))
    }

    /// The flag that beats a key.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<&'a Override> {
        // Of a flag that is given twice, buildkitd takes the last.
        self.settings.overrides.iter().rev().find(|flag| flag.key == key)
    }

    /// All keys in the order of the schema; of tables by name and arrays of tables, those that
    /// the file has.
    #[must_use]
    pub fn values(&self) -> Vec<Value<'a>> {
        let mut values = Vec::new();
        self.walk(self.config, &mut Vec::new(), Only::Any, &mut values);
        values
    }

    fn walk(
        &self,
        table: &'a dyn Rows<'a>,
        path: &mut Vec<String>,
        worker: Only,
        out: &mut Vec<Value<'a>>,
    ) {
        for (index, key) in table.keys().iter().enumerate() {
            if key.only != Only::Any && key.only != worker {
                continue;
            }
            let Some(view) = table.view(index) else { continue };
            path.push(key.name.to_owned());
            match view {
                View::Table(_, inner) => {
                    let worker = match key.name {
                        "oci" => Only::Oci,
                        "containerd" => Only::Containerd,
                        _ => worker,
                    };
                    self.walk(inner, path, worker, out);
                }
                View::Map(tables) | View::List(tables) => {
                    let named = matches!(key.kind, Kind::Map(_));
                    for at in 0..tables.count() {
                        let Some((name, _, inner)) = tables.entry(at) else { continue };
                        path.push(if named { name.to_owned() } else { at.to_string() });
                        self.walk(inner, path, worker, out);
                        path.pop();
                    }
                }
                leaf => {
                    let table = path.split_last().map_or(&[][..], |(_, table)| table);
                    let table = dotted(table.iter());
                    let (data, from, beaten) = self.look(table.as_str(), key, &leaf);
                    out.push(Value { key: dotted(path.iter()), data, from, beaten });
                }
            }
            path.pop();
        }
    }

    /// The value of a key of the table of that path, where it comes from, and what stands in the
    /// file though a flag beats it.
    pub(crate) fn look<P>(
        &self,
        table: &P,
        key: &Key,
        view: &View<'a, 'a>,
    ) -> (Data<'a>, Provenance<'a>, Option<Span>)
    where
        P: Display + PartialEq<str> + ?Sized,
    {
        let written = written(view);
        if let Some(flag) = self.flag_in(table, key.name) {
            let beaten = written.as_ref().map(|(_, key, _)| *key);
            return (flag.value.clone(), Provenance::Flag(&flag.flag), beaten);
        }
        match written {
            Some((data, key, value)) => (data, Provenance::File { key, value }, None),
            None if key.name == "level" && *table == *"log" && self.verbose().is_some() => {
                let (level, field) = self.verbose().unzip();
                let data = level.map_or(Data::Unset, |level| Data::Text(level.into()));
                let from = field.map_or(Provenance::Default, |field| Provenance::File {
                    key: field.key,
                    value: field.span,
                });
                (data, from, None)
            }
            None => (self.default(table, key), Provenance::Default, None),
        }
    }

    /// The level that `debug` or `trace` stand for; `main` of upstream looks at `trace` last.
    fn verbose(&self) -> Option<(&'static str, &'a Field<bool>)> {
        let on = |leaf: &'a Leaf<bool>| leaf.field().filter(|field| field.value);
        let trace = on(&self.config.trace).map(|field| ("trace", field));
        trace.or_else(|| on(&self.config.debug).map(|field| ("debug", field)))
    }

    /// Whether builds run on a worker: the first that is there is the default one.
    #[must_use]
    pub fn is_used(&self, worker: &str) -> bool {
        let workers = &self.config.worker;
        let (oci, _) = self.enabled("worker.oci", &workers.oci);
        let (containerd, _) = self.enabled("worker.containerd", &workers.containerd);
        is_used(worker, oci, containerd)
    }

    /// Whether a worker is not turned off.
    #[must_use]
    pub fn is_on(&self, worker: &str) -> bool {
        let workers = &self.config.worker;
        let enabled = match worker {
            "oci" => self.enabled("worker.oci", &workers.oci),
            _ => self.enabled("worker.containerd", &workers.containerd),
        };
        enabled.0 != Some(false)
    }

    /// The flag by which builds run on this worker though the file alone would not have it so.
    #[must_use]
    pub fn used_by_flag(&self, worker: &str) -> Option<&'a str> {
        let workers = &self.config.worker;
        let by_file = |worker: &Table<Worker<'_>>| worker.enabled.get().copied();
        if is_used(worker, by_file(&workers.oci), by_file(&workers.containerd)) {
            return None;
        }
        let (_, oci) = self.enabled("worker.oci", &workers.oci);
        let (_, containerd) = self.enabled("worker.containerd", &workers.containerd);
        containerd.or(oci)
    }

    /// Whether a worker is on, if anybody says so, and the flag that does.
    fn enabled(&self, name: &str, worker: &Table<Worker<'_>>) -> (Option<bool>, Option<&'a str>) {
        match self.flag_in(name, "enabled") {
            Some(flag) => {
                let on = if let Data::Bool(on) = flag.value { Some(on) } else { None };
                (on, Some(&flag.flag))
            }
            None => (worker.enabled.get().copied(), None),
        }
    }

    /// The limit of space that a worker has though its key is not set: what is detected, unless
    /// another one is set, or there is no use for it beside rules of the file or without any. A rule
    /// of the file has none.
    fn detected<P>(&self, table: &P, key: &str) -> Data<'static>
    where
        P: PartialEq<str> + ?Sized,
    {
        let workers = &self.config.worker;
        let (name, worker) = if *table == *"worker.oci" {
            ("worker.oci", &workers.oci)
        } else if *table == *"worker.containerd" {
            ("worker.containerd", &workers.containerd)
        } else {
            return Data::Unset;
        };
        if !self.collects(name, worker)
            || !worker.gcpolicy.is_empty()
            || !worker.gckeepstorage.is_absent()
        {
            return Data::Unset;
        }
        let at = SPACE.iter().position(|space| *space == key);
        match at.and_then(|at| self.limits(name, worker).get(at).copied().flatten()) {
            Some(Limit::Size(size)) => Data::Size(size),
            Some(Limit::Detected(words)) => Data::Words(words.into()),
            None => Data::Unset,
        }
    }

    /// What buildkitd takes where nobody says anything.
    fn default<P>(&self, table: &P, key: &Key) -> Data<'static>
    where
        P: Display + PartialEq<str> + ?Sized,
    {
        if self.settings.deploy == Some(Deploy::Rootless) {
            let path = format!("{table}.{}", key.name);
            let path = path.trim_start_matches('.');
            if let Some((_, place)) = ROOTLESS.iter().find(|(known, _)| *known == path) {
                return Data::Words((*place).into());
            }
        }
        if SPACE.contains(&key.name) {
            return self.detected(table, key.name);
        }
        let in_history = || *table == *"history" && self.config.history.is_present();
        match key.name {
            // `defaultConf` sets these two only where there is no table at all.
            "maxAge" if in_history() => Data::Duration(Nanos(0)),
            "maxEntries" if in_history() => Data::Int(0),
            // `applyContainerdFlags` of `main_containerd_worker.go`.
            "snapshotter" if *table == *"worker.containerd" => Data::Text("overlayfs".into()),
            _ => typed(key),
        }
    }
}

fn is_used(worker: &str, oci: Option<bool>, containerd: Option<bool>) -> bool {
    match worker {
        "oci" => oci != Some(false),
        _ => containerd == Some(true) || (oci == Some(false) && containerd.is_none()),
    }
}

/// The limits of space.
const SPACE: [&str; 3] = ["reservedSpace", "maxUsedSpace", "minFreeSpace"];

/// Where a daemon under rootlesskit keeps things: `util/appdefaults` of upstream.
const ROOTLESS: [(&str, &str); 5] = [
    ("root", "$XDG_DATA_HOME/buildkit"),
    ("grpc.address", "unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock"),
    ("otel.socketPath", "$XDG_RUNTIME_DIR/buildkit/otel-grpc.sock"),
    ("worker.oci.cniConfigPath", "$XDG_CONFIG_HOME/buildkit/cni.json"),
    ("worker.containerd.cniConfigPath", "$XDG_CONFIG_HOME/buildkit/cni.json"),
];

/// The default of the schema in the type of its key, or in words.
fn typed(key: &Key) -> Data<'static> {
    let text = key.default;
    let words = || Data::Words(text.into());
    if text.is_empty() {
        return Data::Unset;
    }
    match key.kind {
        Kind::Bool => text.parse().map_or_else(|_| words(), Data::Bool),
        Kind::Int => text.parse().map_or_else(|_| words(), Data::Int),
        Kind::Str => Data::Text(text.into()),
        Kind::Strs => serde_json::from_slice(text.as_bytes()).map_or_else(|_| words(), Data::List),
        Kind::Size => scalar::size(text).map_or_else(|_| words(), Data::Size),
        Kind::Duration => scalar::duration(text).map_or_else(|_| words(), Data::Duration),
        _ => words(),
    }
}

/// What the file says, with the key and the value; none where buildkitd reads it as nothing.
fn written<'a>(view: &View<'a, '_>) -> Option<(Data<'a>, Span, Span)> {
    fn of<'a, T>(
        leaf: &'a Leaf<T>,
        data: impl Fn(&'a T) -> Option<Data<'a>>,
    ) -> Option<(Data<'a>, Span, Span)> {
        let field = leaf.field()?;
        Some((data(&field.value)?, field.key, field.span))
    }
    match view {
        View::Bool(leaf) => of(leaf, |value| Some(Data::Bool(*value))),
        View::Int(leaf) => of(leaf, |value| Some(Data::Int(*value))),
        View::Str(leaf) => {
            of(leaf, |text| (!text.is_empty()).then(|| Data::Text((&**text).into())))
        }
        View::Strs(leaf) => of(leaf, |list| {
            Some(Data::List(list.iter().map(|item| (&*item.value).into()).collect()))
        }),
        View::Size(leaf) => of(leaf, |size: &Bytes| (!size.is_zero()).then_some(Data::Size(*size))),
        View::Duration(leaf) => of(leaf, |value| Some(Data::Duration(*value))),
        View::Labels(labels) => {
            let first = labels.entries.first()?;
            let pairs = labels.entries.iter();
            let pairs = pairs.map(|label| ((&*label.name).into(), label.value.text().into()));
            Some((Data::Labels(pairs.collect()), first.key, first.key))
        }
        View::Free(table) => {
            let place = table.places.first()?;
            Some((Data::Words("a table".into()), *place, *place))
        }
        View::Table(..) | View::Map(_) | View::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::source::Source;
    use crate::tree::Tree;

    /// The value of a key, and the first word of where it comes from.
    fn value(text: &str, settings: &Settings, key: &str) -> (Data<'static>, &'static str) {
        let source = Source::new("x", text.into());
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, settings.buildkit);
        let values = Effective::new(&decoded.config, settings).values();
        let value = values.into_iter().find(|value| value.key == key).unwrap();
        let from = match value.from {
            Provenance::File { .. } => "file",
            Provenance::Flag(_) => "flag",
            Provenance::Default => "default",
        };
        (value.data.owned(), from)
    }

    #[test]
    fn flags_beat_the_file_and_the_file_defaults() {
        let text = "root = \"/data\"\n[history]\nmaxEntries = 5\n";
        let root = Override {
            key: "root".to_owned(),
            value: Data::Text("/flag".into()),
            flag: "--root=/flag".to_owned(),
        };
        let settings = Settings { overrides: vec![root], ..Settings::default() };
        let plain = Settings::default();
        let path = |text: &'static str| Data::Text(text.into());
        assert_eq!(value(text, &settings, "root"), (path("/flag"), "flag"));
        assert_eq!(value(text, &plain, "root"), (path("/data"), "file"));
        assert_eq!(value("", &plain, "root"), (path("/var/lib/buildkit"), "default"));
        assert_eq!(value(text, &plain, "history.maxEntries"), (Data::Int(5), "file"));
        let forgotten = (Data::Duration(Nanos(0)), "default");
        assert_eq!(value(text, &plain, "history.maxAge"), forgotten);
    }

    #[test]
    fn tables_by_name_and_by_number() {
        let text = "[registry.\"r:5000\"]\nhttp = true\n[[worker.oci.gcpolicy]]\nall = true\n";
        let plain = Settings::default();
        let yes = (Data::Bool(true), "file");
        assert_eq!(value(text, &plain, "registry.\"r:5000\".http"), yes);
        assert_eq!(value(text, &plain, "worker.oci.gcpolicy.0.all"), yes);
    }
}
