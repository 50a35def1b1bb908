//! What the user says about the machine that the file is for.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use clap::ValueEnum;
use serde::Serialize;

use crate::args::buildx::{Create, Driver};
use crate::args::daemon::Flags;
use crate::model::Data;
use crate::release::Releases;
use crate::report::Locality;
use crate::world::World;

/// How buildkitd is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deploy {
    /// A daemon of the system, run by root.
    Daemon,
    /// A daemon of a user, under rootlesskit.
    Rootless,
    /// `docker buildx create --driver docker-container`
    BuildxContainer,
    /// `docker buildx create --driver kubernetes`
    BuildxKubernetes,
    /// `docker/setup-buildx-action`
    GithubAction,
}

impl fmt::Display for Deploy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Daemon => "daemon",
            Self::Rootless => "rootless",
            Self::BuildxContainer => "buildx-container",
            Self::BuildxKubernetes => "buildx-kubernetes",
            Self::GithubAction => "github-action",
        })
    }
}

/// Whether the files that a configuration names are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Files {
    /// If the configuration is this machine's own
    #[default]
    Auto,
    /// Always
    Check,
    /// Never
    Skip,
}

/// Everything that decides how files are judged, levels aside.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Settings {
    /// How buildkitd is run, if that is known.
    pub deploy: Option<Deploy>,
    /// The releases to judge for.
    pub buildkit: Releases,
    /// Somebody said which these are; else they are the newest.
    #[serde(skip)]
    pub is_release_known: bool,
    /// Processors of the machine.
    pub cpus: Option<u32>,
    /// Memory of the machine in bytes.
    pub memory: Option<u64>,
    /// Whether the files that it names are looked at.
    #[serde(skip)]
    pub files: Files,
    /// The folder that stands for `/`.
    #[serde(skip)]
    pub root: Option<PathBuf>,
    /// Folders that stand for others: a path as the configuration begins, and where it lies here.
    /// The longest one counts, and before `root`.
    #[serde(skip)]
    pub paths: Vec<(PathBuf, PathBuf)>,
    /// How long before its end a certificate is reported, in seconds. Without it the time depends
    /// on the certificate.
    #[serde(skip)]
    pub expires_within: Option<i64>,
    /// The time to judge by, in seconds since 1970, instead of the clock's.
    #[serde(skip)]
    pub now: Option<i64>,
    /// Flags that buildkitd is started with, in their order.
    #[serde(skip)]
    pub overrides: Vec<Override>,
    /// Flags that buildkitd is started with, besides those that `create` brings.
    #[serde(skip_serializing_if = "Flags::is_empty")]
    pub daemon_args: Flags,
    /// How the builder is created, for the deployments that buildx makes.
    #[serde(skip_serializing_if = "Create::is_empty")]
    pub create: Create,
}

/// A flag of buildkitd that takes the place of a key in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// The key as a dotted path, such as `worker.oci.networkMode`.
    pub key: String,
    /// What the flag says, in the type of the key.
    pub value: Data<'static>,
    /// The flag as the daemon is given it, such as `--oci-worker-net=host`.
    pub flag: String,
}

/// What one source says about the deployment; what it leaves out is for others to say.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// How buildkitd is run.
    pub deploy: Option<Deploy>,
    /// The releases to judge for.
    pub buildkit: Option<Releases>,
    /// Processors of the machine.
    pub cpus: Option<u32>,
    /// Memory of the machine in bytes.
    pub memory: Option<u64>,
    /// Whether the files that it names are looked at.
    pub files: Option<Files>,
    /// The folder that stands for `/`.
    pub root: Option<PathBuf>,
    /// Folders that stand for others.
    pub paths: Vec<(PathBuf, PathBuf)>,
    /// How long before its end a certificate is reported, in seconds.
    pub expires_within: Option<i64>,
    /// Arguments of buildkitd.
    pub daemon_args: Option<Flags>,
    /// Arguments of `docker buildx create`.
    pub create: Option<Create>,
    /// The time to judge by, in seconds since 1970.
    pub now: Option<i64>,
}

impl Settings {
    /// Takes what a source of higher precedence says.
    pub fn apply(&mut self, overlay: &Overlay) {
        fn set<T: Clone>(place: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                place.clone_from(value);
            }
        }
        set(&mut self.buildkit, overlay.buildkit.as_ref());
        self.is_release_known |= overlay.buildkit.is_some();
        set(&mut self.files, overlay.files.as_ref());
        set(&mut self.daemon_args, overlay.daemon_args.as_ref());
        set(&mut self.create, overlay.create.as_ref());
        self.deploy = overlay.deploy.or(self.deploy);
        self.cpus = overlay.cpus.or(self.cpus);
        self.memory = overlay.memory.or(self.memory);
        self.root = overlay.root.clone().or_else(|| self.root.take());
        self.expires_within = overlay.expires_within.or(self.expires_within);
        self.now = overlay.now.or(self.now);
        self.paths.splice(0..0, overlay.paths.iter().cloned());
    }

    /// What runs buildkitd, if buildx makes the builder.
    #[must_use]
    pub fn driver(&self) -> Option<Driver> {
        match self.deploy? {
            Deploy::Daemon | Deploy::Rootless => None,
            Deploy::BuildxContainer => Some(Driver::Container),
            Deploy::BuildxKubernetes => Some(Driver::Kubernetes),
            Deploy::GithubAction => Some(self.create.driver.unwrap_or(Driver::Container)),
        }
    }

    /// The time to judge by, in seconds since 1970.
    #[must_use]
    pub fn time(&self, world: &dyn World) -> i64 {
        self.now.unwrap_or_else(|| world.now())
    }

    /// The deployment, if the user did not say and the file's path makes it certain: buildx alone
    /// reads `buildkitd.default.toml` in its own folder, for builders of the docker-container
    /// driver above all (`confutil.Config` of docker/buildx).
    #[must_use]
    pub fn guess(&self, name: &str, world: &dyn World) -> Option<Deploy> {
        let ours = || buildx_home(world).map(|home| home.join("buildkitd.default.toml"));
        let guess = self.deploy.is_none()
            && name.ends_with("buildkitd.default.toml")
            && ours() == Some(absolute(Path::new(name), world));
        guess.then_some(Deploy::BuildxContainer)
    }

    /// Whether the paths in the file of this name are this machine's: they are if it lies where
    /// buildkitd and buildx look for it, or if the user says so.
    #[must_use]
    pub fn locality(&self, name: &str, homes: &Homes, world: &dyn World) -> Locality {
        let here = match self.files {
            Files::Check => true,
            Files::Skip => false,
            Files::Auto => self.root.is_some() || homes.hold(Path::new(name), world),
        };
        if here { Locality::Here } else { Locality::Elsewhere }
    }

    /// Where a path in the configuration of that name lies here; none if that cannot be told.
    ///
    /// A relative path begins where buildkitd, or buildx, was started. Within a work tree that is
    /// most likely its root, so what is there is taken, and what is not there proves nothing.
    #[must_use]
    pub fn resolve(
        &self,
        written: &str,
        config: &str,
        locality: Locality,
        world: &dyn World,
    ) -> Option<PathBuf> {
        if self.files == Files::Skip {
            return None;
        }
        let path = Path::new(written);
        if path.is_relative() && self.driver().is_some() && self.files == Files::Check {
            // buildx reads them itself; who asks to look stands where it would run.
            return Some(absolute(path, world));
        }
        if path.is_relative() {
            let top = work_tree(absolute(Path::new(config), world).parent()?, world)?;
            let path = plain(&top.join(path));
            return (path.starts_with(&top) && world.kind(&path).is_ok()).then_some(path);
        }
        if self.paths.is_empty() && self.root.is_none() {
            return (locality == Locality::Here).then(|| path.to_owned());
        }
        // Steps upwards must not lead out of the folder that stands for another.
        let inner = plain(path);
        let maps = self.paths.iter().filter(|(from, _)| inner.starts_with(from));
        if let Some((from, to)) = maps.max_by_key(|(from, _)| from.components().count()) {
            // Collecting the parts leaves out the slash that joining nothing would add.
            let rest = inner.strip_prefix(from).ok()?;
            return Some(to.components().chain(rest.components()).collect());
        }
        if let Some(root) = &self.root {
            return Some(root.join(inner.strip_prefix("/").ok()?));
        }
        (locality == Locality::Here).then(|| path.to_owned())
    }
}

impl Settings {
    /// Why [`Settings::resolve`] finds nothing.
    #[must_use]
    pub fn unseen(&self, written: &str, locality: Locality) -> &'static str {
        match locality {
            Locality::Elsewhere => "not this machine's file",
            Locality::Here if written.starts_with('/') => "not looked at",
            Locality::Here if self.driver().is_some() => {
                "relative to the folder that `docker buildx create` runs in"
            }
            Locality::Here => "relative to the folder that buildkitd is started in",
        }
    }
}

/// Folders whose files are about the machine they lie on, asked for once a run.
#[derive(Debug, Default)]
pub struct Homes(OnceLock<Vec<PathBuf>>);

impl Homes {
    fn hold(&self, path: &Path, world: &dyn World) -> bool {
        let path = absolute(path, world);
        let homes = self.0.get_or_init(|| {
            let system = ["/etc", "/run"].map(PathBuf::from).into_iter();
            let windows = program_data(world).map(|folder| folder.join("buildkitd"));
            let own = config_home(world).into_iter().chain(docker_home(world));
            system.chain(windows).chain(own).map(|home| plain(&home)).collect()
        });
        // Both are plain, so letters rule most out; part by part it takes twenty times as long.
        let text = path.as_os_str().as_encoded_bytes();
        let begins = |home: &Path| text.starts_with(home.as_os_str().as_encoded_bytes());
        homes.iter().any(|home| begins(home) && path.starts_with(home))
    }
}

/// `%ProgramData%`, which is where Windows has `buildkitd\buildkitd.toml` (`appdefaults_windows.go`).
pub(crate) fn program_data(world: &dyn World) -> Option<PathBuf> {
    folder(world, "ProgramData").filter(|_| cfg!(windows))
}

/// The user's own folder.
fn home(world: &dyn World) -> Option<PathBuf> {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    folder(world, variable)
}

/// `$XDG_CONFIG_HOME`
pub(crate) fn config_home(world: &dyn World) -> Option<PathBuf> {
    folder(world, "XDG_CONFIG_HOME").or_else(|| Some(home(world)?.join(".config")))
}

/// `$DOCKER_CONFIG`
pub(crate) fn docker_home(world: &dyn World) -> Option<PathBuf> {
    folder(world, "DOCKER_CONFIG").or_else(|| Some(home(world)?.join(".docker")))
}

/// Where buildx keeps its own files: `$BUILDX_CONFIG`, else beside docker's.
pub(crate) fn buildx_home(world: &dyn World) -> Option<PathBuf> {
    folder(world, "BUILDX_CONFIG").or_else(|| Some(docker_home(world)?.join("buildx")))
}

/// The folder a variable names. A relative one would make everything below the current folder
/// this machine's.
pub(crate) fn folder(world: &dyn World, variable: &str) -> Option<PathBuf> {
    world.env(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The git work tree that holds a folder.
pub(crate) fn work_tree(folder: &Path, world: &dyn World) -> Option<PathBuf> {
    // A linked work tree has a file of that name.
    folder.ancestors().find(|path| world.kind(&path.join(".git")).is_ok()).map(Path::to_owned)
}

/// The path from the root on, `.` and `..` taken out by their letters.
pub(crate) fn absolute(path: &Path, world: &dyn World) -> PathBuf {
    match world.cwd() {
        Some(cwd) if path.is_relative() => plain(&cwd.join(path)),
        _ => plain(path),
    }
}

/// The path with `.` and `..` taken out by their letters.
fn plain(path: &Path) -> PathBuf {
    // Most paths are; taking them apart costs as much as parsing a line.
    let text = path.as_os_str().as_encoded_bytes();
    let step = |pair: &[u8]| matches!(pair, b"//" | b"/.");
    if cfg!(unix) && !text.starts_with(b".") && !text.ends_with(b"/") && !text.windows(2).any(step)
    {
        return path.to_owned();
    }
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = out.pop(),
            part => out.push(part),
        }
    }
    out
}

/// Reads an amount of memory: `16GiB`, `16G` and `16g` alike count 1024 at each step, as
/// docker's `--memory` does; `16GB` counts 1000.
///
/// # Errors
/// If it is no amount.
pub fn parse_memory(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not an amount like 16GiB");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let (prefix, step) = match unit.strip_suffix("ib") {
        Some(prefix) => (prefix, 1024_u64),
        None => match unit.strip_suffix('b') {
            Some(prefix) => (prefix, 1000),
            None => (unit.strip_suffix('i').unwrap_or(&unit), 1024),
        },
    };
    let power = ["", "k", "m", "g", "t"].iter().zip(0..).find(|(known, _)| **known == prefix);
    let (_, power) = power.ok_or_else(wrong)?;
    number.checked_mul(step.pow(power)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Memory;

    #[test]
    fn memory() {
        for (text, bytes) in [
            ("1024", 1 << 10),
            ("16GiB", 16 << 30),
            ("16g", 16 << 30),
            ("2 MB", 2_000_000),
            ("3Ki", 3 << 10),
        ] {
            assert_eq!(parse_memory(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "GiB", "-1", "1.5GiB", "16 elephants", "99999999TiB"] {
            assert!(parse_memory(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn locality_follows_the_path() {
        let world = Memory {
            cwd: Some("/src/etc".into()),
            env: [("HOME".into(), "/home/x".into())].into(),
            ..Memory::default()
        };
        let (settings, homes) = (Settings::default(), Homes::default());
        for (name, here) in [
            ("/etc/buildkit/buildkitd.toml", true),
            ("/home/x/.config/buildkit/buildkitd.toml", true),
            ("/home/x/.docker/buildx/buildkitd.default.toml", true),
            ("/etc/../src/buildkitd.toml", false),
            ("../../etc/buildkitd.toml", true),
            ("etc/buildkitd.toml", false),
            ("/etcetera/x", false),
        ] {
            assert_eq!(settings.locality(name, &homes, &world) == Locality::Here, here, "{name}");
        }
        let settings = Settings { files: Files::Skip, ..Settings::default() };
        assert_eq!(settings.locality("/etc/x", &homes, &world), Locality::Elsewhere);
    }

    #[test]
    fn paths_resolve_in_one_place() {
        let files = ["/src/.git/HEAD", "/src/certs/ca.pem"];
        let world = Memory {
            files: files.map(|path| (path.into(), Vec::new())).into(),
            ..Memory::default()
        };
        let plain = Settings::default();
        let rooted = Settings { root: Some("/src/root".into()), ..Settings::default() };
        let map = |from: &str, to: &str| (PathBuf::from(from), PathBuf::from(to));
        let mapped = Settings {
            paths: vec![map("/etc/certs", "/src/certs"), map("/etc", "/src/etc")],
            ..rooted.clone()
        };
        let skip = Settings { files: Files::Skip, ..mapped.clone() };
        let (here, elsewhere) = (Locality::Here, Locality::Elsewhere);
        for (settings, written, locality, expected) in [
            (&plain, "/etc/x.pem", here, Some("/etc/x.pem")),
            (&plain, "/etc/x.pem", elsewhere, None),
            (&plain, "certs/ca.pem", elsewhere, Some("/src/certs/ca.pem")),
            (&plain, "certs/other.pem", here, None),
            (&plain, "../etc/passwd", here, None),
            (&rooted, "/etc/x.pem", here, Some("/src/root/etc/x.pem")),
            (&rooted, "/../../x.pem", here, Some("/src/root/x.pem")),
            (&mapped, "/etc/certs/ca.pem", elsewhere, Some("/src/certs/ca.pem")),
            (&mapped, "/etc/certs", elsewhere, Some("/src/certs")),
            (&mapped, "/etc/certs/../x", elsewhere, Some("/src/etc/x")),
            (&mapped, "/etc/certsx", elsewhere, Some("/src/etc/certsx")),
            (&mapped, "/run/x", elsewhere, Some("/src/root/run/x")),
            (&skip, "/etc/certs/ca.pem", here, None),
        ] {
            let found = settings.resolve(written, "/src/ci/buildkitd.toml", locality, &world);
            assert_eq!(found, expected.map(PathBuf::from), "{written}");
        }
    }
}
