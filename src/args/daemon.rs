//! The flags of buildkitd: which key of the file each one beats.
//!
//! Facts are upstream's `cmd/buildkitd/main.go` (`applyMainFlags`), `main_oci_worker.go`
//! (`applyOCIFlags`) and `main_containerd_worker.go` (`applyContainerdFlags`).

use serde::{Serialize, Serializer};

use super::boolean;

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// Nothing, or `=true` and `=false`.
    Switch,
    /// A text.
    Text,
    /// A text; given several times it makes a list.
    Many,
    /// An integer.
    Number,
}

/// What a flag does to the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// The value of the file is lost.
    Replaces,
    /// As [`Self::Replaces`], but only if the flag is not empty.
    ReplacesUnlessEmpty,
    /// As [`Self::Replaces`], but only if the flag is on.
    ReplacesIfOn,
    /// The labels of the file stay, unless the flag names the same.
    Merges,
    /// It is about no key.
    Nothing,
}

/// A flag.
#[derive(Debug)]
pub struct Flag {
    /// Without dashes.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// The keys it is about.
    pub keys: &'static [&'static str],
    /// What it does to them.
    pub how: How,
}

const fn flag(name: &'static str, takes: Takes, keys: &'static [&'static str], how: How) -> Flag {
    Flag { name, takes, keys, how }
}

use How::{Merges, Nothing, Replaces, ReplacesIfOn, ReplacesUnlessEmpty};
use Takes::{Many, Number, Switch, Text};

/// All flags, sorted by name. Those of the service that Windows runs are left out.
pub static FLAGS: &[Flag] = &[
    flag("addr", Many, &["grpc.address"], Replaces),
    flag("allow-insecure-entitlement", Many, &["insecure-entitlements"], Replaces),
    flag("cdi-disabled", Switch, &["cdi.disabled"], Replaces),
    flag("cdi-spec-dir", Many, &["cdi.specDirs"], Replaces),
    flag("config", Text, &[], Nothing),
    flag("containerd-cni-binary-dir", Text, &["worker.containerd.cniBinaryPath"], Replaces),
    flag("containerd-cni-config-path", Text, &["worker.containerd.cniConfigPath"], Replaces),
    flag("containerd-cni-pool-size", Number, &["worker.containerd.cniPoolSize"], Replaces),
    flag("containerd-max-parallelism", Number, &["worker.containerd.max-parallelism"], Replaces),
    flag("containerd-worker", Text, &["worker.containerd.enabled"], Replaces),
    flag("containerd-worker-addr", Text, &["worker.containerd.address"], Replaces),
    flag(
        "containerd-worker-apparmor-profile",
        Text,
        &["worker.containerd.apparmor-profile"],
        Replaces,
    ),
    flag("containerd-worker-gc", Switch, &["worker.containerd.gc"], Replaces),
    flag("containerd-worker-gc-keepstorage", Text, CONTAINERD_SPACE, Replaces),
    flag("containerd-worker-labels", Many, &["worker.containerd.labels"], Merges),
    flag("containerd-worker-namespace", Text, &["worker.containerd.namespace"], Replaces),
    flag("containerd-worker-net", Text, &["worker.containerd.networkMode"], Replaces),
    flag("containerd-worker-platform", Many, &["worker.containerd.platforms"], Replaces),
    flag("containerd-worker-rootless", Switch, &["worker.containerd.rootless"], Replaces),
    flag("containerd-worker-runtime", Text, RUNTIME, Replaces),
    flag("containerd-worker-selinux", Switch, &["worker.containerd.selinux"], Replaces),
    flag("containerd-worker-snapshotter", Text, &["worker.containerd.snapshotter"], Replaces),
    flag("debug", Switch, &["log.level"], ReplacesIfOn),
    flag("debugaddr", Text, &["grpc.debugAddress"], Replaces),
    flag("group", Text, &["grpc.gid"], ReplacesUnlessEmpty),
    flag("help", Switch, &[], Nothing),
    flag("log-format", Text, &["log.format"], Replaces),
    flag("log-level", Text, &["log.level"], Replaces),
    flag("oci-cni-binary-dir", Text, &["worker.oci.cniBinaryPath"], Replaces),
    flag("oci-cni-config-path", Text, &["worker.oci.cniConfigPath"], Replaces),
    flag("oci-cni-pool-size", Number, &["worker.oci.cniPoolSize"], Replaces),
    flag("oci-max-parallelism", Number, &["worker.oci.max-parallelism"], Replaces),
    flag("oci-worker", Text, &["worker.oci.enabled"], Replaces),
    flag("oci-worker-apparmor-profile", Text, &["worker.oci.apparmor-profile"], Replaces),
    flag("oci-worker-binary", Text, &["worker.oci.binary"], Replaces),
    flag("oci-worker-gc", Switch, &["worker.oci.gc"], Replaces),
    flag("oci-worker-gc-keepstorage", Text, OCI_SPACE, Replaces),
    flag("oci-worker-labels", Many, &["worker.oci.labels"], Merges),
    flag("oci-worker-net", Text, &["worker.oci.networkMode"], Replaces),
    flag("oci-worker-no-process-sandbox", Switch, &["worker.oci.noProcessSandbox"], Replaces),
    flag("oci-worker-platform", Many, &["worker.oci.platforms"], Replaces),
    flag("oci-worker-proxy-snapshotter-path", Text, &["worker.oci.proxySnapshotterPath"], Replaces),
    flag("oci-worker-rootless", Switch, &["worker.oci.rootless"], Replaces),
    flag("oci-worker-selinux", Switch, &["worker.oci.selinux"], Replaces),
    flag("oci-worker-snapshotter", Text, &["worker.oci.snapshotter"], Replaces),
    flag("otel-socket-path", Text, &["otel.socketPath"], Replaces),
    flag("proxy-network", Switch, &["proxyNetwork"], Replaces),
    flag("root", Text, &["root"], Replaces),
    flag("rootless", Switch, &["worker.oci.rootless", "worker.containerd.rootless"], Replaces),
    flag("save-cache-debug", Switch, &[], Nothing),
    flag("tlscacert", Text, &["grpc.tls.ca"], ReplacesUnlessEmpty),
    flag("tlscert", Text, &["grpc.tls.cert"], ReplacesUnlessEmpty),
    flag("tlskey", Text, &["grpc.tls.key"], ReplacesUnlessEmpty),
    flag("trace", Switch, &["log.level"], ReplacesIfOn),
    flag("version", Switch, &[], Nothing),
];

/// The flag makes a new runtime of a name alone.
const RUNTIME: &[&str] = &[
    "worker.containerd.runtime.name",
    "worker.containerd.runtime.path",
    "worker.containerd.runtime.options",
];
/// `Reserved[,Free[,Maximum]]`
const OCI_SPACE: &[&str] =
    &["worker.oci.reservedSpace", "worker.oci.minFreeSpace", "worker.oci.maxUsedSpace"];
const CONTAINERD_SPACE: &[&str] = &[
    "worker.containerd.reservedSpace",
    "worker.containerd.minFreeSpace",
    "worker.containerd.maxUsedSpace",
];

/// A flag as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// Which.
    pub flag: &'static Flag,
    /// Its value; `true` for a bare switch.
    pub value: String,
}

impl Given {
    /// Whether the value of the file is lost by it.
    #[must_use]
    pub fn replaces(&self) -> bool {
        match self.flag.how {
            Replaces => true,
            ReplacesUnlessEmpty => !self.value.is_empty(),
            ReplacesIfOn => boolean(&self.value) == Some(true),
            Merges | Nothing => false,
        }
    }

    /// As the user would write it.
    #[must_use]
    pub fn written(&self) -> String {
        match self.flag.takes {
            Switch if self.value == "true" => format!("--{}", self.flag.name),
            _ => format!("--{}={}", self.flag.name, self.value),
        }
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.given.iter().map(Given::written))
    }
}

/// The flags buildkitd is started with.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// In the order of the command line.
    pub given: Vec<Given>,
    /// What buildkitd would refuse, in words.
    pub problems: Vec<String>,
}

impl Flags {
    /// Reads a command line without the program's name. What cannot be read is a problem and does
    /// not end the reading, so that the other flags still count.
    #[must_use]
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Self {
        let mut flags = Self::default();
        let mut words = words.iter().map(AsRef::as_ref);
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else {
                flags.problems.push(format!("`{word}` is not a flag of buildkitd"));
                continue;
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            let Some(flag) = find(name) else {
                flags.problems.push(format!("`--{name}` is not a flag of buildkitd"));
                continue;
            };
            let value = match (flag.takes, value) {
                (Switch, None) => Some("true"),
                (_, Some(value)) => Some(value),
                (_, None) => words.next(),
            };
            let Some(value) = value else {
                flags.problems.push(format!("`--{name}` lacks its value"));
                continue;
            };
            let fits = match flag.takes {
                Switch => boolean(value).is_some(),
                Number => value.parse::<i64>().is_ok(),
                Text | Many => true,
            };
            if fits {
                flags.given.push(Given { flag, value: value.to_owned() });
            } else {
                flags.problems.push(format!("buildkitd refuses `--{name}={value}`"));
            }
        }
        flags
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The values of a flag, in order.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let given = self.given.iter().filter(move |given| given.flag.name == name);
        given.map(|given| given.value.as_str())
    }

    /// The flag that decides a key instead of the file; of several, the one that is applied last.
    #[must_use]
    pub fn replacing(&self, key: &str) -> Option<&Given> {
        let about = |given: &&Given| given.replaces() && given.flag.keys.contains(&key);
        // Upstream applies `--log-level` behind `--debug` and `--trace`, wherever they stand, and
        // a flag for one worker behind `--rootless`.
        let rank = |given: &&Given| match given.flag.name {
            "debug" | "rootless" => 0,
            "trace" => 1,
            _ => 2,
        };
        self.given.iter().filter(about).max_by_key(rank)
    }
}

fn find(name: &str) -> Option<&'static Flag> {
    let name = match name {
        "h" => "help",
        "v" => "version",
        name => name,
    };
    FLAGS.binary_search_by(|flag| flag.name.cmp(name)).ok().map(|at| &FLAGS[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::root_keys;
    use crate::schema::Key;

    #[test]
    fn flags_are_sorted_and_name_keys_that_exist() {
        assert!(FLAGS.is_sorted_by(|a, b| a.name < b.name));
        for key in FLAGS.iter().flat_map(|flag| flag.keys) {
            let mut table: &[Key] = root_keys();
            for part in key.split('.') {
                let found = table.iter().find(|known| known.name == part);
                table = found.unwrap_or_else(|| panic!("{key}: no {part}")).kind.keys();
            }
        }
    }

    #[test]
    fn a_command_line() {
        let flags = Flags::parse(&[
            "--debug",
            "--root",
            "/x",
            "-addr=tcp://:1",
            "--addr",
            "tcp://:2",
            "--rootless=false",
            "--nosuch=1",
            "--oci-max-parallelism=many",
            "stray",
            "--log-level=warn",
            "--tlscert=",
            "--config",
        ]);
        assert_eq!(flags.values("addr").collect::<Vec<_>>(), ["tcp://:1", "tcp://:2"]);
        let by = |key| flags.replacing(key).map(Given::written);
        assert_eq!(by("root").as_deref(), Some("--root=/x"));
        assert_eq!(by("log.level").as_deref(), Some("--log-level=warn"));
        assert_eq!(by("worker.oci.rootless").as_deref(), Some("--rootless=false"));
        assert_eq!(by("grpc.tls.cert"), None);
        assert_eq!(
            flags.problems,
            [
                "`--nosuch` is not a flag of buildkitd",
                "buildkitd refuses `--oci-max-parallelism=many`",
                "`stray` is not a flag of buildkitd",
                "`--config` lacks its value",
            ]
        );
    }
}
