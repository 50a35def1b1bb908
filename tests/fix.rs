//! Fixes are carried out as far as they keep what they promise, and files are replaced whole.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests")]

#[path = "support/fixes.rs"]
mod fixes;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bklint::fix::{Fixed, fix, promise};
use bklint::levels::Levels;
use bklint::page;
use bklint::release::Releases;
use bklint::report::Applicability;
use bklint::rules::RULES;
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::world::{Disk, Entry, Failure, Kind, Memory, World, replace};
use fixes::faults;

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
    fn cwd(&self) -> Option<&Path> {
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

#[test]
fn fixes_keep_what_they_promise() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let mut texts = Vec::new();
    for rule in RULES {
        let fences = page::fences(rule.page).filter(|fence| fence.has("toml"));
        texts.extend(fences.map(|fence| (rule.id.to_owned(), fence.text.to_owned())));
    }
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/load/cases");
    for case in std::fs::read_dir(cases).unwrap() {
        let path = case.unwrap().path();
        let text = String::from_utf8(std::fs::read(&path).unwrap());
        texts.extend(text.ok().map(|text| (path.display().to_string(), text)));
    }
    assert!(texts.len() > 1_500);
    let mut wrong = Vec::new();
    for (name, text) in texts {
        wrong.extend(faults(&session, &text).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// Tables with something to mend in them, or nothing.
const PIECES: &[&str] = &[
    "debug = true\n",
    "trace = true # N\n",
    "insecure_entitlements = [\"network.host\", \"network-host\"] # N\n",
    "[worker.oci]\n  maxParallelism  = \"4\" # N\n  gckeepstorage = 9000\n",
    "[worker.oci]\n  # N\n  root = \"/data\"\n  networkMode = \"Host\"\n  bridgeName = \"b\" # N\n",
    "[worker]\nmax-parallelism = 2 # N\n",
    "[[worker.oci.GCPolicy]]\n  all = true\n  keepBytes    = \"10Gi\" # N\n",
    "[worker.oci.gcpolicy]\n  keepDuration = \"7d\" # N\n  filters = [\"type=regular\"]\n",
    "[registry.docker.io] # N\n  mirrors = [\"https://a.example\", # N\n  \"http://b.example/\"]\n",
    "[registry.\"docker.io\"]\n  # N\n  mirrors = [\n    \"http://m.lan:5000\",\n    \"m.lan:5000\", # N\n  ]\n  http = true\n  insecure = true # N\n",
    "[registry.\"quay.io\"]\n  mirrors = \"m.lan:5000\" # N\n  ca = \"/ca.pem\"\n",
    "[grpc]\n  address = [\"tcp://127.0.0.1:1\", \"tcp://127.0.0.1:1\"] # N\n  uid = \"0\"\n",
    "[history]\n  # N\n  maxAge = 3600\n",
    "[history]\n",
    "[log]\n  level = \"Debgu\" # N\n  format = \"JSON\"\n",
    "[frontend.gateway.v0] # N\n  enabled = True\n",
    "[dns\n  nameservers = [\"1.1.1.1:53\"] # N\n",
    "[cdi] # N\n  disabled = \"true\"\n",
    "# N\n\n",
];

#[test]
fn any_faults_together_are_mended_and_comments_stay() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    // A small generator, always the same.
    let mut seed = 7_u32;
    let mut roll = |sides: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as usize % sides
    };
    let mut wrong = Vec::new();
    for number in 0..200 {
        let mut text = String::new();
        for _ in 0..=roll(6) {
            let piece = PIECES[roll(PIECES.len())];
            // Each comment is like no other.
            for (index, part) in piece.split('N').enumerate() {
                if index > 0 {
                    let unique = format!("note {} of {number}.", text.len());
                    text.push_str(&unique);
                }
                text.push_str(part);
            }
            if roll(2) == 0 {
                text.push('\n');
            }
        }
        if roll(4) == 0 {
            text = text.replace('\n', "\r\n");
        }
        wrong.extend(faults(&session, &text).iter().map(|fault| format!("{text:?}: {fault}")));
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// Found by fuzzing: what one fix writes, another took back; a key twice, refused for the first
/// reason of two.
#[test]
fn odd_files_come_to_rest() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    for text in [
        "[grpc]\nd  daress = [\"unix:///run/b.sock\"]\n  gid = 0500\n",
        "[grpc]\ngid = \"0500\"\n",
        "root) = \"\"\n[grpc]\naddress = [\"unix:///\\m.sock\"]\n",
        "[registry.t\na = [\"\"s\ntlsconfigdir = [\"\"]\n\"\"\"",
        "[grpc.tls\nkey =\nKEY = \"s\"",
        "[registry.\"reg.test\"]\nCA = [\"a.pem\"]\nCA = [\"b.pem\"]\n",
        "[[worker.oci.gcpolicY]]\n[[worker.oci.gcpolicy]]\n ",
        "[[worker.oCi.gcpolicy]]\n[[worker.oci.gcpolicy]]\n",
        "[worker.oCi]\ngcpolicy = [{ all = true }]\n[[worker.oci.gcpolicy]]\n",
        "[registry.reg.test:5000]\nhttp = true\n",
        "a = [\n  {\n    all = true\n[grpc.tls]\ncert = 's'\n",
        "a = [\n  {\n    b = 's\n[grpc.tls]\ncert = 's'\n",
        "[worker.oci]\nenabled = false\n[worker.containerd]\nenabled = false\nmax-parallelism = 4\n",
        "[registry.\"a# \rb = [work\n.c]\nhttp = true\n",
        "[grpc# a\r[x]\naddress = [\"tcp://0.0.0.0:1\"]\n",
        "[wo?ker.oci]\n  gc = denrue #bklint: allow(gc::denabled)",
    ] {
        assert_eq!(faults(&session, text), [""; 0], "{text:?}");
    }
}

/// A table without effect hides what is wrong inside; both are mended, or neither is.
#[test]
fn what_a_fix_brings_to_light_is_mended_too() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let fixed = |text: &str| {
        let Fixed { bytes, .. } = fix(&session, "x.toml", text.into(), Applicability::Unsafe);
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(
        fixed("[registry.docker.io]\n  mirrors = [\"http://m.example:5000\"]\n"),
        "[registry.\"docker.io\"]\n  mirrors = [\"m.example:5000\"]\n\n\
         [registry.\"m.example:5000\"]\n  http = true\n"
    );
    // Nothing mends a name with a space in it; what else there is to mend is mended all the same.
    let hopeless = "[registry.docker.io]\n  mirrors = [\"http://m .example\"]\n";
    assert_eq!(fixed(hopeless), hopeless);
    let twice = "insecure-entitlements = [\"network.host\", \"network.host\"]\n\n";
    assert_eq!(
        fixed(&format!("{twice}{hopeless}")),
        format!("insecure-entitlements = [\"network.host\"]\n\n{hopeless}")
    );
    // What is silenced stays.
    let silenced = "insecure-entitlements = [\"network.host\", \"network.host\"] \
                    # bklint: allow(entitlement::duplicate) -- as it is\n";
    assert_eq!(fixed(silenced), silenced);
    // A refused file is mended fault by fault.
    assert_eq!(
        fixed("[history]\n  maxAge = \"2m\"\n  maxEntries = \"5\"\n  root = 1\n"),
        "root = \"1\"\n\n[history]\n  maxAge = \"2m\"\n  maxEntries = 5\n"
    );
    let twofold = "[registry.docker.io]\n  mirrors = [\"http://m.example:5000\"]\n";
    let done = fix(&session, "x.toml", twofold.into(), Applicability::Unsafe);
    assert_eq!((done.rounds, done.report.fixed), (2, 2));
    let done = fix(&session, "x.toml", hopeless.into(), Applicability::Unsafe);
    let left = done.report.findings.iter().flat_map(|finding| &finding.fixes);
    for one in left {
        assert_eq!(one.applicability, Applicability::Display, "{}", one.title);
    }
}

/// What a safe fix may make of a text.
#[test]
fn a_promise_is_kept_or_broken() {
    let tls = "[grpc.tls]\n  ca = \"/ca\"\n  cert = \"/cert\"\n  key = \"/key\"\n";
    let policy = "[[worker.oci.gcpolicy]]\n  all = true\n[[worker.oci.gcpolicy]]\n  all = false\n";
    let labels = "[worker.oci.labels]\n  a = \"1\"\n  b = \"2\"\n";
    let hosts = "[registry.\"a.lan\"]\n  http = true\n[registry.\"b.lan\"]\n";
    let options = "[worker.containerd.runtime]\n  name = \"x\"\n\
                   [worker.containerd.runtime.options]\n  a = 1\n  b.c = true\n";
    let part = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
    // For the newest release, and for what loads: is it the same?
    let same = [
        ("debug = true\n", "debug=true # why\n".to_owned(), true),
        ("debug = true\n", String::new(), false),
        ("debug = true\n", "debug = 1\n".into(), false),
        // Of a switch with three states, off is not unset.
        ("debug = false\n", String::new(), true),
        ("[cdi]\n  disabled = false\n", "[cdi]\n".into(), false),
        ("root = \"\"\n", String::new(), true),
        ("root = \"/a\"\n", "root = \"/b\"\n".into(), false),
        (
            "insecure-entitlements = [\"a\", \"b\"]\n",
            "insecure-entitlements = [\"a\"]\n".into(),
            false,
        ),
        ("insecure-entitlements = [\"a\"]\n", "insecure-entitlements = [\"b\"]\n".into(), false),
        ("insecure-entitlements = []\n", String::new(), false),
        ("[worker.oci]\n  max-parallelism = 0\n", String::new(), true),
        (
            "[worker.oci]\n  max-parallelism = 2\n",
            "[worker.oci]\n  max-parallelism = 3\n".into(),
            false,
        ),
        (
            "[worker.oci]\n  reservedSpace = \"1kb\"\n",
            "[worker.oci]\n  reservedSpace = 1024\n".into(),
            true,
        ),
        (
            "[worker.oci]\n  reservedSpace = \"1kb\"\n",
            "[worker.oci]\n  reservedSpace = 1000\n".into(),
            false,
        ),
        ("[history]\n  maxAge = 60\n", "[history]\n  maxAge = \"1m\"\n".into(), true),
        ("[history]\n  maxAge = 60\n", "[history]\n  maxAge = 61\n".into(), false),
        ("[grpc]\n", String::new(), true),
        ("[dns]\n", String::new(), false),
        (policy, part(policy, "true", "false"), false),
        (policy, part(policy, "[[worker.oci.gcpolicy]]\n  all = true\n", ""), false),
        (policy, "worker.oci.gcpolicy = [{ all = true }, {}]\n".into(), false),
        (labels, "[worker.oci.labels]\n  b = \"2\"\n  a = \"1\"\n".into(), true),
        (labels, part(labels, "1", "3"), false),
        (labels, part(labels, "a =", "c ="), false),
        (hosts, "[registry.\"b.lan\"]\n[registry.\"a.lan\"]\n  http = true\n".into(), true),
        (hosts, part(hosts, "b.lan", "c.lan"), false),
        (hosts, part(hosts, "true", "false"), false),
        (hosts, part(hosts, "[registry.\"b.lan\"]\n", ""), false),
        (options, part(options, "a = 1", "a=1"), true),
        (options, part(options, "a = 1", "a = 2"), false),
        (options, part(options, "  a = 1\n", ""), false),
        (options, part(options, "b.c", "b.d"), false),
    ];
    for (before, after, kept) in same {
        let newest = Releases::default();
        assert_eq!(promise::keeps(before, &after, newest), kept, "{before:?} {after:?}");
    }

    // What was refused may become anything that opens no door and keeps every guard.
    let refused = format!(
        "debug = 1\n{tls}[registry.\"a.lan\"]\n  ca = [\"/a\"]\n  tlsconfigdir = [\"/b\"]\n"
    );
    let loads = part(&refused, "debug = 1", "debug = true");
    let keeps = |after: &str| promise::keeps(&refused, after, Releases::default());
    assert!(keeps(&loads) && keeps(&part(&loads, "true", "false")));
    for door in [
        "insecure-entitlements = [\"network.host\"]\n",
        "grpc.address = [\"tcp://0.0.0.0:1234\"]\n",
        "grpc.debugAddress = \"0.0.0.0:6060\"\n",
        "cdi.autoAllowed = [\"x\"]\n",
        "registry.\"b.lan\".http = true\n",
        "registry.\"b.lan\".insecure = true\n",
    ] {
        assert!(!keeps(&part(&loads, "debug", &format!("{door}debug"))), "{door}");
    }
    for guard in ["ca = \"/ca\"", "cert = \"/cert\"", "key = \"/key\"", "\"/a\"", "\"/b\""] {
        assert!(!keeps(&part(&loads, guard, "")), "{guard}");
    }
}

/// A promise is for every release of the target.
#[test]
fn a_promise_holds_for_each_release() {
    let size = ("[worker.oci]\n  gckeepstorage = 5\n", "[worker.oci]\n  gckeepstorage = \"5\"\n");
    // `[log]` came with v0.13, and is refused here only where it is known.
    let log = ("debug = true\n[log]\n  format = 1\n", "[log]\n  format = \"text\"\n");
    for ((before, after), target, kept) in [
        (size, "0.32", true),
        (size, "0.11", false),
        (size, "0.11..0.32", false),
        (log, "0.13", true),
        (log, "0.12", false),
        (log, "0.12..0.27", false),
    ] {
        let releases = target.parse().unwrap();
        assert_eq!(promise::keeps(before, after, releases), kept, "{target}: {before:?}");
    }
}
