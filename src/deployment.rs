//! How buildkitd is started: the flags it gets from the user, from buildx and from
//! docker/setup-buildx-action, and what they leave of the file's entitlements.

use crate::args::boolean;
use crate::args::buildx::{ACTION_FLAGS, Create, Driver, HOST_NETWORK_FLAG};
use crate::args::daemon::{FLAGS, Flags, Given, Takes};
use crate::model::{Bytes, Config, Data};
use crate::settings::{Deploy, Override, Settings};

/// Whose flags name entitlements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The user's.
    User,
    /// The one that buildx adds when there is none.
    Buildx,
    /// Those of docker/setup-buildx-action.
    Action,
    /// Those of a builder that exists.
    Builder,
}

/// A start of buildkitd.
#[derive(Clone, Debug)]
pub struct Launch {
    /// All flags, in order.
    pub flags: Flags,
    /// Whose flags grant entitlements, if any do; the list of the file is then lost.
    pub granted_by: Option<By>,
}

impl Launch {
    /// The start of buildkitd with a file, which buildx looks into before it adds a flag.
    #[must_use]
    pub fn new(settings: &Settings, config: &Config<'_>) -> Self {
        let create = &settings.create;
        let mut by = By::User;
        let mut words = create.flags.clone().unwrap_or_default();
        if let Some(driver) = settings.driver() {
            if create.exists {
                by = By::Builder;
            } else {
                let action = settings.deploy == Some(Deploy::GithubAction);
                if action && create.flags.is_none() {
                    by = By::Action;
                    words = ACTION_FLAGS.iter().map(|&flag| flag.to_owned()).collect();
                }
                if adds_host_network(create, driver, &words, config) {
                    let none = Create::seen_entitlements(&words).is_empty();
                    by = if none { By::Buildx } else { by };
                    words.push(HOST_NETWORK_FLAG.to_owned());
                }
            }
            if driver == Driver::Kubernetes && is_rootless(create) && !create.exists {
                // `toRootless` of driver/kubernetes/manifest/manifest.go
                words.push("--oci-worker-no-process-sandbox".to_owned());
            }
        }
        if settings.deploy == Some(Deploy::Rootless) {
            // In a user namespace it is on by itself.
            words.insert(0, "--rootless".to_owned());
        }
        let mut flags = Flags::parse(&words);
        flags.given.extend(settings.daemon_args.given.iter().cloned());
        if settings.daemon_args.values("allow-insecure-entitlement").next().is_some() {
            by = By::User;
        }
        let granted = flags.values("allow-insecure-entitlement").next().is_some();
        Self { granted_by: granted.then_some(by), flags }
    }

    /// The entitlements that the flags grant.
    #[must_use]
    pub fn granted(&self) -> Vec<&str> {
        self.flags.values("allow-insecure-entitlement").collect()
    }
}

impl Launch {
    /// What the flags put in place of the file's keys.
    #[must_use]
    pub fn overrides(&self) -> Vec<Override> {
        let mut overrides = Vec::new();
        for (flag, key) in
            FLAGS.iter().flat_map(|flag| flag.keys.iter().map(move |key| (flag, *key)))
        {
            let Some(given) =
                self.flags.replacing(key).filter(|given| given.flag.name == flag.name)
            else {
                continue;
            };
            let value = match flag.takes {
                Takes::Many => {
                    let texts = self.flags.values(flag.name);
                    Data::List(texts.map(|text| text.to_owned().into()).collect())
                }
                _ => data(given, key),
            };
            overrides.push(Override { key: key.to_owned(), value, flag: given.written() });
        }
        overrides
    }
}

/// What a flag says, in the type of a key it is about.
fn data(given: &Given, key: &str) -> Data<'static> {
    let text = given.value.as_str();
    let plain = || Data::Text(text.to_owned().into());
    match (given.flag.name, given.flag.takes) {
        ("debug" | "trace", _) => Data::Text(given.flag.name.into()),
        ("oci-worker" | "containerd-worker", _) => boolean(text).map_or(Data::Unset, Data::Bool),
        // `applyOCIFlags` asks for a flag of another name, which nobody can give.
        ("oci-cni-config-path", _) => Data::Text("".into()),
        ("containerd-worker-runtime", _) if key != "worker.containerd.runtime.name" => Data::Unset,
        ("oci-worker-gc-keepstorage" | "containerd-worker-gc-keepstorage", _) => {
            let at = given.flag.keys.iter().position(|known| *known == key).unwrap_or_default();
            megabytes(text.split(',').nth(at).unwrap_or_default())
        }
        ("group", _) => text.parse().map_or_else(|_| plain(), Data::Int),
        (_, Takes::Switch) => boolean(text).map_or_else(plain, Data::Bool),
        (_, Takes::Number) => text.parse().map_or_else(|_| plain(), Data::Int),
        (_, Takes::Text | Takes::Many) => plain(),
    }
}

/// `stringToGCConfig` of upstream's `util.go`: decimal megabytes.
fn megabytes(text: &str) -> Data<'static> {
    let bytes = text.parse::<i64>().ok().and_then(|number| number.checked_mul(1_000_000));
    bytes.map_or(Data::Unset, |bytes| Data::Size(Bytes { bytes, percentage: 0 }))
}

/// Whether a builder of the kubernetes driver runs without root.
#[must_use]
pub fn is_rootless(create: &Create) -> bool {
    create.option("rootless").and_then(boolean) == Some(true)
}

/// `parseBuildkitdFlags` of buildx's `builder/builder.go`, since v0.18; before, the file was not
/// looked at.
fn adds_host_network(
    create: &Create,
    driver: Driver,
    words: &[String],
    config: &Config<'_>,
) -> bool {
    let seen = Create::seen_entitlements(words);
    let listed = config.insecure_entitlements.items();
    let host_option = driver == Driver::Container && create.option("network") == Some("host");
    let wanted = host_option && !seen.contains(&"network.host");
    wanted || seen.is_empty() && !listed.iter().any(|item| item.value == "network.host")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::split;
    use crate::decode::decode;
    use crate::release::Releases;
    use crate::source::Source;
    use crate::tree::Tree;

    fn launch(deploy: Deploy, create: &str, file: &str) -> (Option<By>, String) {
        let (create, problems) = Create::parse(&split(create).unwrap()).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        let settings = Settings { deploy: Some(deploy), create, ..Settings::default() };
        let source = Source::new("x", file.into());
        let tree = Tree::parse(&source);
        let launch = Launch::new(&settings, &decode(&source, &tree, Releases::default()).config);
        (launch.granted_by, launch.granted().join(" "))
    }

    #[test]
    fn entitlements() {
        use Deploy::{BuildxContainer, BuildxKubernetes, Daemon, GithubAction};
        let insecure = "insecure-entitlements = [\"security.insecure\"]";
        let host = "insecure-entitlements = [\"network.host\"]";
        let flag = "--buildkitd-flags '--allow-insecure-entitlement security.insecure'";
        let late = "--buildkitd-flags '--debug --allow-insecure-entitlement=security.insecure'";
        for (deploy, create, file, by, granted) in [
            (Daemon, "", insecure, None, ""),
            (BuildxContainer, "", insecure, Some(By::Buildx), "network.host"),
            (BuildxKubernetes, "", "", Some(By::Buildx), "network.host"),
            (BuildxContainer, "", host, None, ""),
            (BuildxContainer, flag, "", Some(By::User), "security.insecure"),
            (BuildxContainer, late, "", Some(By::Buildx), "security.insecure network.host"),
            (BuildxContainer, "--driver-opt network=host", host, Some(By::Buildx), "network.host"),
            (BuildxKubernetes, "--driver-opt env.network=host", host, None, ""),
            (GithubAction, "", host, Some(By::Action), "security.insecure network.host"),
            (GithubAction, flag, "", Some(By::User), "security.insecure"),
        ] {
            let expected = (by, granted.to_owned());
            assert_eq!(launch(deploy, create, file), expected, "{deploy} {create} {file}");
        }
    }

    #[test]
    fn flags_take_the_place_of_keys() {
        let line = "--debug --oci-worker-gc-keepstorage=9000,5 --rootless --addr a --addr b \
                    --oci-worker=auto --containerd-worker-runtime=x --group=docker";
        let daemon_args = Flags::parse(&split(line).unwrap());
        let settings = Settings { daemon_args, ..Settings::default() };
        let overrides = Launch::new(&settings, &Config::default()).overrides();
        let text = |text: &'static str| Data::Text(text.into());
        let size = |bytes| Data::Size(Bytes { bytes, percentage: 0 });
        for (key, value) in [
            ("log.level", text("debug")),
            ("worker.oci.reservedSpace", size(9_000_000_000)),
            ("worker.oci.minFreeSpace", size(5_000_000)),
            ("worker.oci.maxUsedSpace", Data::Unset),
            ("worker.containerd.rootless", Data::Bool(true)),
            ("grpc.address", Data::List(vec!["a".into(), "b".into()])),
            ("worker.oci.enabled", Data::Unset),
            ("worker.containerd.runtime.path", Data::Unset),
            ("grpc.gid", text("docker")),
        ] {
            let found = overrides.iter().find(|other| other.key == key);
            assert_eq!(found.map(|other| &other.value), Some(&value), "{key}");
        }
        assert_eq!(overrides.len(), 12);
    }
}
