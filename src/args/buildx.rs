//! The arguments of `docker buildx create`.
//!
//! Facts are buildx's `commands/create.go`, `builder/builder.go` (`csvToMap`,
//! `parseBuildkitdFlags`) and the factories in `driver/`.

use serde::{Serialize, Serializer};

use super::split;

/// `--buildkitd-flags` of docker/setup-buildx-action unless the step gives its own
/// (`src/context.ts`).
pub const ACTION_FLAGS: &[&str] = &[
    "--allow-insecure-entitlement=security.insecure",
    "--allow-insecure-entitlement=network.host",
];

/// What buildx adds to the flags.
pub const HOST_NETWORK_FLAG: &str = "--allow-insecure-entitlement=network.host";

/// What runs buildkitd.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// `docker-container`
    #[serde(rename = "docker-container")]
    Container,
    /// `kubernetes`
    Kubernetes,
}

impl Driver {
    /// As `--driver` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Container => "docker-container",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// Options the driver takes beside `env.*`.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Container => &[
                "allow-untrusted-image",
                "cgroup-parent",
                "cpu-period",
                "cpu-quota",
                "cpu-shares",
                "cpuset-cpus",
                "cpuset-mems",
                "default-load",
                "image",
                "memory",
                "memory-swap",
                "network",
                "provenance-add-gha",
                "restart-policy",
            ],
            Self::Kubernetes => &[
                "annotations",
                "buildkit-root-volume-memory",
                "default-load",
                "image",
                "labels",
                "limits.cpu",
                "limits.ephemeral-storage",
                "limits.memory",
                "loadbalance",
                "namespace",
                "nodeselector",
                "persistent-volume-claim.requests.storage",
                "qemu.image",
                "qemu.install",
                "replicas",
                "requests.cpu",
                "requests.ephemeral-storage",
                "requests.memory",
                "rootless",
                "schedulername",
                "serviceaccount",
                "timeout",
                "tolerations",
            ],
        }
    }
}

/// How a builder is created.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Create {
    /// `--driver`
    pub driver: Option<Driver>,
    /// `--buildkitd-flags`, split.
    pub flags: Option<Vec<String>>,
    /// `--driver-opt`, in order; of a name the last one counts.
    #[serde(serialize_with = "without_environment")]
    pub options: Vec<(String, String)>,
    /// The builder exists: `flags` is all that buildkitd is started with.
    #[serde(skip)]
    pub exists: bool,
}

/// A variable of the environment may be a secret.
fn without_environment<S: Serializer>(
    options: &[(String, String)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_seq(options.iter().map(|(name, value)| {
        let value = if name.starts_with("env.") { "…" } else { value };
        (name, value)
    }))
}

impl Create {
    /// Reads the arguments behind `docker buildx create`; problems are words for the user.
    ///
    /// # Errors
    /// If no buildkitd.toml reaches the builder, or a quote is not closed.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<(Self, Vec<String>), String> {
        let mut create = Self::default();
        let mut problems = Vec::new();
        let mut words = words.iter().map(AsRef::as_ref);
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--").filter(|name| !name.is_empty()) else {
                // An endpoint.
                if word.starts_with('-') {
                    problems.push(format!("`{word}` is not a flag of `docker buildx create`"));
                }
                continue;
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            if matches!(name, "append" | "bootstrap" | "debug" | "leave" | "use") {
                continue;
            }
            let own = ["driver", "driver-opt", "buildkitd-flags"];
            let other =
                ["buildkitd-config", "builder", "config", "name", "node", "platform", "timeout"];
            if !own.contains(&name) && !other.contains(&name) {
                problems.push(format!("`--{name}` is not a flag of `docker buildx create`"));
                continue;
            }
            let Some(value) = value.or_else(|| words.next()) else {
                problems.push(format!("`--{name}` lacks its value"));
                continue;
            };
            match name {
                "driver" => create.driver = Some(driver(value)?),
                "driver-opt" => {
                    for option in fields(value) {
                        match option.split_once('=') {
                            Some((name, value)) => create.options.push((name.into(), value.into())),
                            None => problems.push(format!(
                                "`docker buildx create` refuses `--driver-opt {option}`, it \
                                 expects name=value"
                            )),
                        }
                    }
                }
                "buildkitd-flags" => create.flags = Some(split(value)?),
                _ => {}
            }
        }
        Ok((create, problems))
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The value of a driver option.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        let mut options = self.options.iter().rev();
        options.find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Options that the driver refuses, in words.
    pub fn unknown_options(&self, driver: Driver) -> impl Iterator<Item = String> {
        let known = move |name: &str| {
            driver.options().contains(&name)
                || name.strip_prefix("env.").is_some_and(|name| !name.is_empty())
        };
        let names = self.options.iter().map(|(name, _)| name);
        names.filter(move |name| !known(name)).map(move |name| {
            format!("`{name}` is not an option of the {} driver, which refuses it", driver.name())
        })
    }

    /// Whether buildx sees an entitlement among the flags. Its search ends at the first flag of
    /// another name (`parseBuildkitdFlags` of `builder/builder.go` passes over pflag's error).
    #[must_use]
    pub fn seen_entitlements(flags: &[String]) -> Vec<&str> {
        let mut seen = Vec::new();
        let mut words = flags.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word.strip_prefix("--allow-insecure-entitlement") {
                Some("") => seen.extend(words.next()),
                Some(value) if value.starts_with('=') => seen.push(&value[1..]),
                _ if word.starts_with('-') => break,
                _ => {}
            }
        }
        seen
    }
}

fn driver(name: &str) -> Result<Driver, String> {
    match name {
        "docker-container" => Ok(Driver::Container),
        "kubernetes" => Ok(Driver::Kubernetes),
        "docker" | "remote" => Err(format!(
            "no buildkitd.toml reaches a builder of the {name} driver; buildx refuses it with \
             \"setting config file is not supported for {name} driver\""
        )),
        other => Err(format!("`{other}` is not a driver of buildx that takes a buildkitd.toml")),
    }
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().into_iter().for_each(|field| field.push(c)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line() {
        let (create, problems) = Create::parse(&[
            "--name=ci",
            "--driver",
            "kubernetes",
            "--driver-opt=rootless=true,\"labels=a=b,c=d\"",
            "--driver-opt",
            "rootless=false",
            "--buildkitd-flags=--debug --root '/a b'",
            "--driver-opt=bare",
            "--nosuch",
            "--use",
            "mycontext",
            "--driver-opt=env.X=1",
            "--driver-opt=network=host",
        ])
        .unwrap();
        assert_eq!(create.driver, Some(Driver::Kubernetes));
        assert_eq!(create.option("rootless"), Some("false"));
        assert_eq!(create.option("labels"), Some("a=b,c=d"));
        assert_eq!(create.flags.as_deref().unwrap(), ["--debug", "--root", "/a b"]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        let unknown: Vec<_> = create.unknown_options(Driver::Kubernetes).collect();
        assert_eq!(
            unknown,
            ["`network` is not an option of the kubernetes driver, which refuses it"]
        );
        assert!(Create::parse(&["--driver=remote"]).is_err());
    }

    #[test]
    fn buildx_stops_at_the_first_other_flag() {
        let seen = |line: &str| Create::seen_entitlements(&split(line).unwrap()).join(" ");
        assert_eq!(seen("--allow-insecure-entitlement a --allow-insecure-entitlement=b"), "a b");
        assert_eq!(seen("--debug --allow-insecure-entitlement=a"), "");
    }
}
