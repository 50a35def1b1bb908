//! A folder to run the program in.

use std::path::{Path, PathBuf};
use std::process::Output;

/// A folder with the root of a work tree, which goes away with the test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// `name` must be one test's alone in its file.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME")).join(name);
        _ = std::fs::remove_dir_all(&path);
        // The folder lies in the work tree of bklint itself.
        std::fs::create_dir_all(path.join(".git")).unwrap();
        let scratch = Self(path);
        for (name, text) in files {
            scratch.write(name, text);
        }
        scratch
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a program left.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            code: output.status.code().unwrap(),
        }
    }
}
