//! Everything outside the program: files, clock, processors, environment.
//!
//! Nothing else in the crate asks the operating system (`clippy.toml` forbids it), so a test can
//! put a whole machine into memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::order::Order;

/// What a path leads to, links followed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A pipe, socket or device: never opened.
    Other,
}

/// Why a path could not be looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// Nothing is there.
    Missing,
    /// No permission.
    Denied,
    /// Not a regular file.
    NotAFile(Kind),
    /// Larger than the limit, in bytes.
    TooLarge(u64),
    /// Not to be written.
    ReadOnly,
    /// Another program wrote it meanwhile.
    Changed,
    /// Symbolic links that lead to each other.
    Loop,
    /// Anything else, in the system's words.
    Other(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("no such file"),
            Self::Denied => f.write_str("permission denied"),
            Self::NotAFile(Kind::Folder) => f.write_str("is a directory"),
            Self::NotAFile(_) => f.write_str("is not a regular file"),
            Self::Loop => f.write_str("too many levels of symbolic links"),
            Self::TooLarge(limit) => write!(f, "is larger than {} MiB", limit >> 20),
            Self::ReadOnly => f.write_str("is read-only"),
            Self::Changed => f.write_str("has changed since it was read"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The outside world.
pub trait World: Sync {
    /// What the path leads to.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be told.
    fn kind(&self, path: &Path) -> Result<Kind, Failure>;
    /// The bytes of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// A [`Failure`]; a pipe or device is never opened.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure>;
    /// The same for a path that has led to a regular file: it is opened without another look. If
    /// something else lies there meanwhile, nobody waits for it, and none of it is read.
    ///
    /// # Errors
    /// A [`Failure`].
    fn read_seen(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        self.read(path, limit)
    }
    /// What a folder holds, sorted by name.
    ///
    /// # Errors
    /// A [`Failure`] if the folder cannot be read.
    fn list(&self, path: &Path) -> Result<Vec<Entry>, Failure>;
    /// Whether the path leads to a file that somebody may run.
    fn is_program(&self, _: &Path) -> bool {
        false
    }
    /// Whether the path itself is a symbolic link.
    fn is_link(&self, path: &Path) -> bool;
    /// Who may read, write and run a file, links followed: the lower nine bits of its mode; none
    /// if that cannot be told.
    fn mode(&self, _: &Path) -> Option<u32> {
        None
    }
    /// Seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i64;
    /// A variable of the environment.
    fn env(&self, name: &str) -> Option<String>;
    /// The current folder.
    fn cwd(&self) -> Option<&Path>;
    /// How many processors may be used, if that can be told.
    fn cpus(&self) -> Option<usize>;
    /// The columns of the terminal that standard output is; none if it is no terminal.
    fn columns(&self) -> Option<usize>;
    /// Who may write a file besides this user and root; none where that cannot be told.
    fn writers(&self, _path: &Path) -> Option<Writers> {
        None
    }
    /// The path with links followed; none if it leads nowhere.
    fn real(&self, path: &Path) -> Option<PathBuf> {
        self.kind(path).is_ok().then(|| path.to_owned())
    }
}

/// Who may write a file, this user and root aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Writers {
    /// The number of the owner.
    pub owner: Option<u32>,
    /// The number of the group, if the group may and it is not this user's own.
    pub group: Option<u32>,
    /// Anybody.
    pub anybody: bool,
}

impl Writers {
    /// Whether each of them may write a file of those others as well.
    #[must_use]
    pub fn are_among(self, others: Self) -> bool {
        (self.owner.is_none() || self.owner == others.owner || others.anybody)
            && (self.group.is_none() || self.group == others.group || others.anybody)
            && (!self.anybody || others.anybody)
    }
}

/// A world in which files can be replaced; the steps, each of which may fail.
pub trait Disk: World {
    /// The file that a path leads to in the end, links followed.
    ///
    /// # Errors
    /// A [`Failure`] if there is none, or if it must not be written.
    fn target(&self, path: &Path) -> Result<PathBuf, Failure>;
    /// Makes a new file in the folder of `like`, and with its mode and owner, if there is such a file
    /// and as far as the system allows it. The bytes have reached the disk when it returns.
    ///
    /// # Errors
    /// A [`Failure`]; then no new file is left behind.
    fn create(&self, like: &Path, bytes: &[u8]) -> Result<PathBuf, Failure>;
    /// Puts a file in the place of another one of the same folder, at once.
    ///
    /// # Errors
    /// A [`Failure`]; then both are what they were.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure>;
    /// Removes a file that is not wanted after all.
    fn remove(&self, path: &Path);
}

/// Writes a file anew, or leaves it as it is: at no moment is there a half of it.
///
/// # Errors
/// A [`Failure`] if it cannot be written, or no longer holds `old`.
pub fn replace(disk: &dyn Disk, path: &Path, old: &[u8], new: &[u8]) -> Result<(), Failure> {
    let target = disk.target(path)?;
    let draft = disk.create(&target, new)?;
    // As late as can be; no lock would bind an editor.
    let done = match disk.read(&target, old.len() as u64) {
        Ok(now) if now == old => disk.rename(&draft, &target),
        Ok(_) | Err(Failure::TooLarge(_)) => Err(Failure::Changed),
        Err(failure) => Err(failure),
    };
    if done.is_err() {
        disk.remove(&draft);
    }
    done
}

/// A name in a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Entry {
    /// The name alone.
    pub name: OsString,
    /// What it is; none for a symbolic link, whose target [`World::kind`] tells.
    pub kind: Option<Kind>,
}

impl Entry {
    /// The name; empty if it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }
}

/// This machine.
#[derive(Debug, Default)]
pub struct Machine {
    /// The current folder, asked for once: a run joins it with the name of each file.
    cwd: OnceLock<Option<PathBuf>>,
}

#[allow(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
impl World for Machine {
    fn kind(&self, path: &Path) -> Result<Kind, Failure> {
        let meta = std::fs::metadata(path).map_err(|error| failure(&error))?;
        Ok(kind_of(meta.file_type()))
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        match self.kind(path)? {
            Kind::File => self.read_seen(path, limit),
            other => Err(Failure::NotAFile(other)),
        }
    }

    fn read_seen(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let file = open(path).map_err(|error| failure(&error))?;
        let meta = file.metadata().map_err(|error| failure(&error))?;
        let kind = kind_of(meta.file_type());
        if kind != Kind::File {
            return Err(Failure::NotAFile(kind));
        }
        if meta.len() > limit {
            return Err(Failure::TooLarge(limit));
        }
        let bytes = read_all(file, meta.len(), limit).map_err(|error| failure(&error))?;
        if bytes.len() as u64 > limit { Err(Failure::TooLarge(limit)) } else { Ok(bytes) }
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, Failure> {
        let entries = std::fs::read_dir(path).map_err(|error| failure(&error))?;
        let entries = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let kind = entry.file_type().ok().filter(|kind| !kind.is_symlink()).map(kind_of);
            Some(Entry { name: entry.file_name(), kind })
        });
        let mut entries: Vec<_> = entries.collect();
        entries.order();
        Ok(entries)
    }

    fn is_program(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && may_run(&meta))
    }

    fn is_link(&self, path: &Path) -> bool {
        std::fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink())
    }

    #[cfg(unix)]
    fn mode(&self, path: &Path) -> Option<u32> {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).ok().map(|meta| meta.mode() & 0o777)
    }

    fn now(&self) -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn cwd(&self) -> Option<&Path> {
        self.cwd.get_or_init(|| std::env::current_dir().ok()).as_deref()
    }

    fn cpus(&self) -> Option<usize> {
        std::thread::available_parallelism().ok().map(std::num::NonZero::get)
    }

    fn columns(&self) -> Option<usize> {
        use std::io::IsTerminal;
        let stdout = std::io::stdout();
        let size = stdout.is_terminal().then(|| terminal_size::terminal_size_of(&stdout))?;
        Some(size.map_or(80, |(width, _)| usize::from(width.0)))
    }

    #[cfg(unix)]
    fn writers(&self, path: &Path) -> Option<Writers> {
        use std::os::unix::fs::MetadataExt;
        let meta = std::fs::metadata(path).ok()?;
        let ours = rustix::process::geteuid().as_raw();
        let group = rustix::process::getegid().as_raw();
        Some(Writers {
            owner: Some(meta.uid()).filter(|owner| *owner != 0 && *owner != ours),
            group: Some(meta.gid())
                .filter(|&gid| meta.mode() & 0o020 != 0 && gid != 0 && gid != group),
            anybody: meta.mode() & 0o002 != 0,
        })
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        std::fs::canonicalize(path).ok()
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
impl Machine {
    /// Writes a report to a file, whole or not at all; a device or pipe takes it as it comes. Folders
    /// are not made. Not part of [`World`], which is only looked at.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be written.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let target = match self.kind(path) {
            Ok(Kind::File) => self.target(path)?,
            Ok(Kind::Folder) => return Err(Failure::NotAFile(Kind::Folder)),
            Ok(Kind::Other) => return std::fs::write(path, bytes).map_err(|error| failure(&error)),
            Err(Failure::Missing) => path.to_owned(),
            Err(failure) => return Err(failure),
        };
        let draft = self.create(&target, bytes).map_err(|failure| match failure {
            Failure::Missing => Failure::Other("no such folder".into()),
            other => other,
        })?;
        self.rename(&draft, &target).inspect_err(|_| self.remove(&draft))
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
impl Disk for Machine {
    fn target(&self, path: &Path) -> Result<PathBuf, Failure> {
        let path = std::fs::canonicalize(path).map_err(|error| failure(&error))?;
        let kind = self.kind(&path)?;
        if kind != Kind::File {
            return Err(Failure::NotAFile(kind));
        }
        // Renaming asks for no right to the file itself, only to its folder.
        let file = std::fs::OpenOptions::new().write(true).open(&path);
        let meta = file.and_then(|file| file.metadata()).map_err(|error| failure(&error))?;
        if meta.permissions().readonly() { Err(Failure::ReadOnly) } else { Ok(path) }
    }

    fn create(&self, like: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
        let name = like.file_name().unwrap_or_default().to_string_lossy();
        // Enough to tell whose it is; a longer one might not fit.
        let name: String = name.chars().take(40).collect();
        // A process that was killed may have left one behind.
        let mut drafts = (0..100).map(|n| like.with_file_name(format!(".{name}.bklint-{n}")));
        let (path, mut new) = loop {
            let Some(path) = drafts.next() else {
                return Err(Failure::Other("the folder is full of drafts".into()));
            };
            match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(new) => break (path, new),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failure(&error)),
            }
        };
        let mut write = || {
            use std::io::Write;
            let Ok(meta) = std::fs::metadata(like) else {
                new.write_all(bytes)?;
                return new.sync_all();
            };
            // Nobody reads it before it has its mode; a new owner may take bits of the mode away.
            new.set_permissions(private(&meta))?;
            new.write_all(bytes)?;
            own(&new, &meta);
            new.set_permissions(meta.permissions())?;
            new.sync_all()
        };
        write().map_err(|error| {
            self.remove(&path);
            failure(&error)
        })?;
        Ok(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        std::fs::rename(from, to).map_err(|error| failure(&error))?;
        if let Some(folder) = to.parent() {
            // A file system that cannot do that has its own way to be safe.
            _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }

    fn remove(&self, path: &Path) {
        _ = std::fs::remove_file(path);
    }
}

/// Opens a file for reading. A pipe that has come there since somebody looked is not waited for.
#[allow(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let file = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path);
        match file {
            // Only a file that another program holds a lease on; it gives it back soon.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            file => return file,
        }
    }
    std::fs::File::open(path)
}

/// The bytes of a regular file that had `len` of them, one more than `limit` at most.
fn read_all(mut file: std::fs::File, len: u64, limit: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let known = usize::try_from(len).unwrap_or(usize::MAX);
    // One more byte than there are, so that a single call tells that the file ends there.
    let mut bytes = vec![0; known.saturating_add(1)];
    let read = loop {
        match file.read(&mut bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    bytes.truncate(read);
    if read != known {
        // It grows or shrinks, or is one of those whose length nobody knows beforehand.
        file.take((limit + 1).saturating_sub(read as u64)).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Permissions that let the owner alone at it.
fn private(meta: &std::fs::Metadata) -> std::fs::Permissions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        _ = meta;
        std::fs::Permissions::from_mode(0o600)
    }
    #[cfg(not(unix))]
    meta.permissions()
}

/// Gives a file the owner and group of another one, or the group alone.
fn own(file: &std::fs::File, like: &std::fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        if fchown(file, Some(like.uid()), Some(like.gid())).is_err() {
            _ = fchown(file, None, Some(like.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, like);
}

#[cfg(unix)]
fn may_run(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
const fn may_run(_: &std::fs::Metadata) -> bool {
    true
}

fn kind_of(kind: std::fs::FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    }
}

/// The kind of error has no stable name yet; Linux on MIPS and its like go unrecognised.
const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };

fn failure(error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Failure::Missing,
        std::io::ErrorKind::PermissionDenied => Failure::Denied,
        std::io::ErrorKind::ReadOnlyFilesystem => Failure::ReadOnly,
        _ if cfg!(unix) && error.raw_os_error() == Some(ELOOP) => Failure::Loop,
        _ => Failure::Other(error.to_string()),
    }
}

/// A machine in memory, for tests and for programs that embed bklint.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Files by path; folders follow from them.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Paths that lead to pipes.
    pub pipes: BTreeSet<PathBuf>,
    /// The modes of files that have another one than 0600.
    pub modes: BTreeMap<PathBuf, u32>,
    /// Those of the files that may be run.
    pub programs: BTreeSet<PathBuf>,
    /// The time in seconds since 1970.
    pub now: i64,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The current folder.
    pub cwd: Option<PathBuf>,
    /// The number of processors.
    pub cpus: Option<usize>,
    /// The columns of the terminal.
    pub columns: Option<usize>,
    /// Who may write a file, where somebody else may.
    pub writers: BTreeMap<PathBuf, Writers>,
    /// Symbolic links to files, and where they lead.
    pub links: BTreeMap<PathBuf, PathBuf>,
}

impl World for Memory {
    fn kind(&self, path: &Path) -> Result<Kind, Failure> {
        // What lies in a folder comes right behind its own path.
        let below = |(file, _): (&PathBuf, &Vec<u8>)| file.starts_with(path);
        if self.pipes.contains(path) {
            Ok(Kind::Other)
        } else if self.files.contains_key(path) {
            Ok(Kind::File)
        } else if self.files.range(path.to_owned()..).next().is_some_and(below) {
            Ok(Kind::Folder)
        } else {
            Err(Failure::Missing)
        }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        match self.kind(path)? {
            Kind::File => {}
            other => return Err(Failure::NotAFile(other)),
        }
        let bytes = self.files.get(path).ok_or(Failure::Missing)?;
        if bytes.len() as u64 > limit { Err(Failure::TooLarge(limit)) } else { Ok(bytes.clone()) }
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, Failure> {
        self.kind(path)?;
        let entries = self.files.keys().filter_map(|file| {
            let mut parts = file.strip_prefix(path).ok()?.components();
            let name = parts.next()?.as_os_str().to_owned();
            let kind = if parts.next().is_some() { Kind::Folder } else { Kind::File };
            Some(Entry { name, kind: Some(kind) })
        });
        let mut entries: Vec<_> = entries.collect();
        entries.order();
        entries.dedup();
        Ok(entries)
    }

    fn is_program(&self, path: &Path) -> bool {
        self.programs.contains(path)
    }

    fn is_link(&self, _: &Path) -> bool {
        false
    }

    fn mode(&self, path: &Path) -> Option<u32> {
        self.files.get(path).map(|_| self.modes.get(path).copied().unwrap_or(0o600))
    }

    fn now(&self) -> i64 {
        self.now
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn cwd(&self) -> Option<&Path> {
        self.cwd.as_deref()
    }

    fn cpus(&self) -> Option<usize> {
        self.cpus
    }

    fn columns(&self) -> Option<usize> {
        self.columns
    }

    fn writers(&self, path: &Path) -> Option<Writers> {
        self.kind(path).ok().map(|_| self.writers.get(path).copied().unwrap_or_default())
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        let path = self.links.get(path).map_or(path, PathBuf::as_path);
        self.kind(path).is_ok().then(|| path.to_owned())
    }
}

/// It shares one borrow among all readers, so nothing is written to it.
impl Disk for Memory {
    fn target(&self, _: &Path) -> Result<PathBuf, Failure> {
        Err(Failure::ReadOnly)
    }

    fn create(&self, _: &Path, _: &[u8]) -> Result<PathBuf, Failure> {
        Err(Failure::ReadOnly)
    }

    fn rename(&self, _: &Path, _: &Path) -> Result<(), Failure> {
        Err(Failure::ReadOnly)
    }

    fn remove(&self, _: &Path) {}
}
