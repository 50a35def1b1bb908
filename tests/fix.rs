//! Fixes are carried out as far as they keep what they promise, and files are replaced whole.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bklint::world::{Disk, Entry, Failure, Kind, World, replace};

/// A disk on which a step fails, or on which the process is killed at a step.
struct Shaky {
    files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
    /// Steps that are still to be done.
    left: Mutex<usize>,
    killed: bool,
}

impl Shaky {
    fn new(left: usize, killed: bool) -> Self {
        let files = BTreeMap::from([("/etc/m.toml".into(), b"old".to_vec())]);
        Self { files: Mutex::new(files), left: Mutex::new(left), killed }
    }

    fn step(&self) -> Result<(), Failure> {
        let mut left = self.left.lock().unwrap();
        let fails = *left == 0;
        // A killed process does nothing afterwards; a step that fails fails once.
        *left = match *left {
            0 if self.killed => 0,
            0 => usize::MAX,
            more => more - 1,
        };
        if fails { Err(Failure::Other("no space left on device".into())) } else { Ok(()) }
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.files.lock().unwrap().get(Path::new(path)).cloned()
    }
}

impl World for Shaky {
    fn kind(&self, path: &Path) -> Result<Kind, Failure> {
        self.files.lock().unwrap().get(path).map(|_| Kind::File).ok_or(Failure::Missing)
    }
    fn read(&self, path: &Path, _: u64) -> Result<Vec<u8>, Failure> {
        self.step()?;
        self.files.lock().unwrap().get(path).cloned().ok_or(Failure::Missing)
    }
    fn list(&self, _: &Path) -> Result<Vec<Entry>, Failure> {
        Err(Failure::Denied)
    }
    fn is_link(&self, _: &Path) -> bool {
        false
    }
    fn now(&self) -> i64 {
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
    fn cwd(&self) -> Option<PathBuf> {
        None
    }
    fn cpus(&self) -> Option<usize> {
        None
    }
    fn columns(&self) -> Option<usize> {
        None
    }
}

impl Disk for Shaky {
    fn target(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.step()?;
        Ok(path.to_owned())
    }
    fn create(&self, like: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
        let draft = like.with_file_name("draft");
        self.step()?;
        for end in 0..=bytes.len() {
            self.files.lock().unwrap().insert(draft.clone(), bytes[..end].to_vec());
            if let Err(failure) = self.step() {
                self.remove(&draft);
                return Err(failure);
            }
        }
        Ok(draft)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        self.step()?;
        let mut files = self.files.lock().unwrap();
        let bytes = files.remove(from).unwrap();
        files.insert(to.to_owned(), bytes);
        Ok(())
    }
    fn remove(&self, path: &Path) {
        if self.step().is_ok() {
            self.files.lock().unwrap().remove(path);
        }
    }
}

#[test]
fn a_file_is_old_or_new_whenever_it_ends() {
    let path = Path::new("/etc/m.toml");
    for killed in [true, false] {
        for steps in 0.. {
            let disk = Shaky::new(steps, killed);
            let done = replace(&disk, path, b"old", b"new text");
            let now = disk.file("/etc/m.toml").unwrap();
            if done.is_ok() {
                assert_eq!(now, b"new text");
                assert_eq!(steps, 13, "not every step was tried");
                break;
            }
            assert_eq!(now, b"old", "after {steps} steps");
            assert!(killed || disk.file("/etc/draft").is_none(), "a draft is left");
        }
    }
}

#[test]
fn a_file_that_has_changed_is_left_alone() {
    for read in [&b"older"[..], b"ol", b"new"] {
        let disk = Shaky::new(usize::MAX, false);
        let failure = replace(&disk, Path::new("/etc/m.toml"), read, b"new").unwrap_err();
        assert_eq!(failure, Failure::Changed);
        assert_eq!(disk.file("/etc/m.toml").unwrap(), b"old");
        assert_eq!(disk.file("/etc/draft"), None);
    }
}
