//! Input and machines that mean harm. `docs/robustness.md` says what holds; what the machine has
//! to take part in is tried here with the real program.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

#[path = "support/scratch.rs"]
mod scratch;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bklint::world::{Disk, Entry, Failure, Kind, Machine, Memory, World};
use scratch::{Run, Scratch};

impl Scratch {
    /// Runs a line of the shell, in which `bklint` is the program.
    fn sh(&self, line: &str) -> Run {
        let program = env!("CARGO_BIN_EXE_bklint");
        let line = format!("bklint() {{ '{program}' \"$@\"; }}; {line}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(&self.0).env_clear();
        shell.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", "/nonexistent");
        let start = Instant::now();
        let output = shell.output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(60), "{line}");
        let run = Run::from(output);
        // A signal is 128 and more.
        assert!(run.code < 128, "{line}: {}", run.code);
        assert!(!run.stderr.contains("panicked"), "{line}: {}", run.stderr);
        run
    }
}

impl Run {
    fn fails_with(&self, words: &str) {
        assert!(self.code == 2 && self.stderr.contains(words), "{words}: {}", self.stderr);
    }
}

const BAD: &str = "[worker.oci]\n  gc = true\n  gc = true\n";
const MENDED: &str = "[worker.oci]\n  gc = true\n";

#[test]
fn a_size_has_a_limit_and_a_file_may_lie_about_it() {
    let at = Scratch::new("size", &[]);
    std::fs::File::create(at.0.join("huge.toml")).unwrap().set_len(1 << 30).unwrap();
    at.sh("bklint huge.toml").fails_with("huge.toml: is larger than 16 MiB");
    at.sh("bklint - < huge.toml").fails_with("is larger than 16 MiB");
    at.sh("bklint --config huge.toml .").fails_with("huge.toml: is larger than");
    at.sh("bklint --baseline huge.toml .").fails_with("huge.toml: is larger than");
    if Path::new("/proc/version").exists() {
        // Of no size, and yet not empty.
        assert_eq!(at.sh("bklint /proc/version").code, 1);
    }
}

#[test]
fn depth_takes_neither_stack_nor_memory_without_bound() {
    let at = Scratch::new("depth", &[]);
    let deep = 100_000;
    at.write("open.toml", "[".repeat(1_000_000));
    at.write("array.toml", format!("a = {}{}\n", "[".repeat(deep), "]".repeat(deep)));
    at.write("inline.toml", format!("a = {}1{}\n", "{a=".repeat(deep), "}".repeat(deep)));
    at.write("dotted.toml", format!("a{} = 1\n", ".a".repeat(deep)));
    at.write("header.toml", format!("[a{}]\nb = 1\n", ".a".repeat(deep)));
    // Half a megabyte of stack, most of which a build for tests takes to read its arguments, and
    // 512 MiB of address space for two of the files at once.
    let run = at.sh("ulimit -s 512; ulimit -v 524288; bklint --format=concise *.toml");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("5 files: 1 refused") || run.stderr.contains("open.toml"));
}

#[test]
fn what_has_too_much_to_fix_stays_as_it_is() {
    let at = Scratch::new("fixes", &[]);
    // Each line is not closed, and all but the first repeat it.
    let text = "[a\n".repeat(50_010);
    std::fs::write(at.0.join("x.toml"), &text).unwrap();
    at.sh("bklint --fix x.toml").fails_with("x.toml: more than 100000 findings, too many to fix");
    assert_eq!(std::fs::read_to_string(at.0.join("x.toml")).unwrap(), text);
    let piped = at.sh("bklint --fix - < x.toml");
    piped.fails_with("too many to fix");
    assert!(piped.stdout == text, "standard input comes out as it went in");
    at.sh("bklint --diff x.toml").fails_with("too many to fix");
    // Without it there is nothing to refuse.
    assert_eq!(at.sh("bklint --format concise x.toml").code, 1);
}

#[test]
fn endless_names_are_cut() {
    let at = Scratch::new("names", &[]);
    at.write("key.toml", format!("{} = 1\n", "k".repeat(1 << 18)));
    let name = "r".repeat(20_000);
    at.write("table.toml", format!("[registry.\"{name}\"]\n{}", "  htp = true\n".repeat(100)));
    at.write("secret.toml", format!("[\"{name}\"]\n{}", "  password = \"x\"\n".repeat(100)));
    for format in ["human", "json", "sarif", "junit"] {
        let run = at.sh(&format!("bklint --format={format} *.toml"));
        assert!(run.stdout.len() < 2 << 20, "{format}: {}", run.stdout.len());
    }
}

#[test]
fn a_disk_may_be_full() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let at = Scratch::new("full", &[("x.toml", BAD)]);
    at.sh("bklint x.toml > /dev/full").fails_with("standard output: No space left");
    at.sh("bklint --format json=/dev/full x.toml").fails_with("/dev/full: No space left");
    assert_eq!(at.sh("bklint x.toml 2> /dev/full").code, 1);
    assert_eq!(at.sh("bklint x.toml >&- 2>&-").code, 1);
    // The shell passes on that the signal is ignored, so writing fails as on a full disk.
    let small = "trap '' XFSZ; ulimit -f 0;";
    at.sh(&format!("{small} bklint --fix x.toml")).fails_with("nothing was written");
    at.sh(&format!("{small} bklint --format json=out.json x.toml")).fails_with("out.json:");
    let run = at.sh(&format!("{small} bklint policy init"));
    run.fails_with("bklint.toml:");
    assert_eq!(run.stdout, "");
    assert_eq!(std::fs::read_to_string(at.0.join("x.toml")).unwrap(), BAD);
    let left: Vec<_> =
        std::fs::read_dir(&at.0).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// A folder in which files change between the search and the reading.
struct Restless(Memory);

impl World for Restless {
    fn kind(&self, path: &Path) -> Result<Kind, Failure> {
        self.0.kind(path)
    }
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        match path.parent().and_then(Path::file_name).and_then(OsStr::to_str) {
            Some("gone") => Err(Failure::Missing),
            Some("grown") => Err(Failure::TooLarge(limit)),
            Some("replaced") => Err(Failure::NotAFile(Kind::Folder)),
            _ => self.0.read(path, limit),
        }
    }
    fn list(&self, path: &Path) -> Result<Vec<Entry>, Failure> {
        self.0.list(path)
    }
    fn is_link(&self, path: &Path) -> bool {
        self.0.is_link(path)
    }
    fn now(&self) -> i64 {
        self.0.now()
    }
    fn env(&self, name: &str) -> Option<String> {
        self.0.env(name)
    }
    fn cwd(&self) -> Option<&Path> {
        self.0.cwd()
    }
    fn cpus(&self) -> Option<usize> {
        Some(2)
    }
    fn columns(&self) -> Option<usize> {
        None
    }
}

impl Disk for Restless {
    fn target(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.0.target(path)
    }
    fn create(&self, like: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
        self.0.create(like, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        self.0.rename(from, to)
    }
    fn remove(&self, path: &Path) {
        self.0.remove(path);
    }
}

#[test]
fn files_may_change_meanwhile() {
    let names = ["gone", "grown", "kept", "replaced"].map(|name| format!("/w/{name}"));
    let files = names.map(|name| (Path::new(&name).join("buildkitd.toml"), BAD.into()));
    let world = Restless(Memory { files: files.into(), ..Memory::default() });
    for option in ["--format=concise", "--fix"] {
        let args = ["bklint", option, "/w"].map(Into::into);
        let answer = bklint::cli::run(args, &world, &mut std::io::empty()).unwrap();
        let all = String::from_utf8(answer.stdout).unwrap() + &answer.stderr;
        assert_eq!(answer.code, 2, "{all}");
        for error in ["gone/buildkitd.toml: no such file", "grown/buildkitd.toml: is larger than"] {
            assert!(all.contains(error), "{error}: {all}");
        }
        assert!(all.contains("replaced/buildkitd.toml: is a directory"), "{all}");
        assert!(all.contains("kept/buildkitd.toml"), "{all}");
    }
}

#[test]
fn a_reader_may_leave() {
    let at = Scratch::new("pipe", &[("x.toml", BAD)]);
    let run = at.sh("{ bklint x.toml; echo $? >&2; } | true");
    assert!(!run.stderr.contains("Broken pipe"), "{}", run.stderr);
}

#[test]
fn no_folder_no_home_no_utf8() {
    let at = Scratch::new("nowhere", &[("x.toml", BAD), ("gone/x", "")]);
    let here = at.0.display();
    let gone = |line: &str| at.sh(&format!("mkdir -p gone; cd gone; rm -r ../gone; {line}"));
    assert_eq!(gone("bklint ../x.toml").code, 1);
    assert_eq!(gone(&format!("bklint {here}/x.toml")).code, 1);
    for command in ["", "builder", "config x", "policy test", "--baseline b.json --write-baseline"]
    {
        gone(&format!("bklint {command}"));
    }
    assert_eq!(at.sh("env -i '$0' 2>/dev/null; unset HOME; bklint x.toml").code, 1);
    at.sh("unset HOME; bklint builder").fails_with("neither BUILDX_CONFIG nor HOME is set");
    at.sh("bklint \"$(printf 'a\\377b')\"").fails_with("no such file");
    // A folder holds it under that name, and it is found and mended.
    let name = OsStr::from_bytes(b"\xffbuildkitd.toml");
    at.write(name, BAD);
    let run = at.sh("bklint --fix .");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(at.0.join(name)).unwrap(), MENDED);
    // And one whose name leaves no room for a longer one.
    let long = format!("{}.toml", "x".repeat(250));
    at.write(&long, BAD);
    assert_eq!(at.sh(&format!("bklint --fix {long}")).code, 0);
    assert_eq!(std::fs::read_to_string(at.0.join(&long)).unwrap(), MENDED);
}

#[test]
fn pipes_and_devices_are_not_opened() {
    let at = Scratch::new("pipes", &[("x.toml", BAD), ("a/buildkitd.toml", "")]);
    at.sh("mkfifo p a/bklint.toml");
    for line in ["p", "--config p x.toml", "--policy p x.toml", "--baseline p x.toml", "/dev/zero"]
    {
        at.sh(&format!("bklint {line}")).fails_with("is not a regular file");
    }
    at.sh("bklint a").fails_with("bklint.toml: is not a regular file");
    at.write("c/x.toml", "[registry.\"a\"]\n  ca = [\"../p\", \"/dev/zero\"]\n");
    at.sh("bklint --files check c/x.toml");
    // As somebody else may have left it there.
    at.sh("mkfifo .gitignore; mkdir d; mkfifo d/buildkitd.toml");
    assert_eq!(at.sh("bklint d").code, 0);
}

#[test]
fn what_comes_in_the_place_of_a_file_is_not_waited_for() {
    let at = Scratch::new("swapped", &[("x", "0123456789")]);
    at.sh("mkfifo p");
    let machine = Machine::default();
    let seen = |name: &str, limit| machine.read_seen(&at.0.join(name), limit);
    let start = Instant::now();
    assert_eq!(seen("p", 100), Err(Failure::NotAFile(Kind::Other)));
    assert_eq!(seen("/dev/zero", 100), Err(Failure::NotAFile(Kind::Other)));
    assert_eq!(seen(".", 100), Err(Failure::NotAFile(Kind::Folder)));
    assert_eq!(seen("gone", 100), Err(Failure::Missing));
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(seen("x", 10).unwrap(), b"0123456789");
    assert_eq!(seen("x", 9), Err(Failure::TooLarge(9)));
    at.write("x", "");
    assert_eq!(seen("x", 9).unwrap(), b"");
    // These have more bytes than they say, or fewer.
    for name in ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
        let Ok(all) = std::fs::read(name) else { continue };
        let said = std::fs::metadata(name).unwrap().len();
        assert_eq!(seen(name, said.max(all.len() as u64)), Ok(all.clone()), "{name}");
        if said == 0 {
            let less = all.len() as u64 - 1;
            assert_eq!(seen(name, less), Err(Failure::TooLarge(less)), "{name}");
        }
    }
}

#[test]
fn links_may_lead_in_circles() {
    let at = Scratch::new("links", &[("x/buildkitd.toml", BAD)]);
    symlink("one", at.0.join("two")).unwrap();
    symlink("two", at.0.join("one")).unwrap();
    symlink(".", at.0.join("x/loop")).unwrap();
    symlink("bklint.toml", at.0.join("x/bklint.toml")).unwrap();
    at.sh("bklint one").fails_with("too many levels of symbolic links");
    let run = at.sh("bklint --no-config --format=concise . 'x/**/*.toml'");
    assert_eq!((run.stdout.lines().count(), run.code), (1, 1), "{}", run.stdout);
    // A configuration that is meant to be there and cannot be read is no missing one.
    at.sh("bklint x").fails_with("bklint.toml: too many levels of symbolic links");
}

#[test]
fn many_files_and_deep_folders() {
    let at = Scratch::new("many", &[]);
    for n in 0..1_000 {
        at.write(format!("wide/{n}.txt"), "");
        at.write(format!("wide/{}/buildkitd.toml", n % 100), "");
    }
    let deep = "d/".repeat(500);
    at.write(format!("deep/{deep}buildkitd.toml"), "");
    let run = at.sh("ulimit -n 16; bklint -v .");
    assert!(run.code == 0 && run.stderr.contains("101 files: none refused"), "{}", run.stderr);
    assert_eq!(at.sh("bklint '**/**/**/**/**/*.toml'").code, 0);
    // No thread can be had with such a stack.
    let run = at.sh("RUST_MIN_STACK=200000000000000 bklint -v .");
    assert!(run.code == 0 && run.stderr.contains("101 files: none refused"), "{}", run.stderr);
}

#[test]
fn hostile_patterns_end() {
    let at = Scratch::new("patterns", &[]);
    let stars = "*a".repeat(500);
    let name = "a".repeat(200);
    at.write(".gitignore", format!("{stars}b/x\n**/{stars}b/**/x\n"));
    at.write(
        "bklint.toml",
        format!("include = [\"{stars}b/x\"]\nexclude = [\"**/a/**/{stars}b/**\"]\n"),
    );
    at.write(format!("{name}/{name}/buildkitd.toml"), "");
    assert_eq!(at.sh("bklint .").code, 0);
    assert_eq!(at.sh(&format!("bklint '{stars}b/*'")).code, 2);
    let rule = "id = \"corp::x\"\nkey = \"root\"\nmessage = \"m\"\nlevel = \"deny\"\n";
    at.write(
        "policy.toml",
        format!("[[policy.rule]]\n{rule}must = {{ like = \"**{}b\" }}\n", "*a".repeat(400)),
    );
    at.write("x.toml", format!("root = \"{}\"\n", "a".repeat(1_000)));
    assert_eq!(at.sh("bklint --policy policy.toml x.toml").code, 1);
}

#[test]
fn a_strange_configuration_reads_nothing_else_and_is_named() {
    let at = Scratch::new(
        "strange",
        &[
            ("outside/team.toml", "[lints]\n\"schema::*\" = \"allow\"\n"),
            ("w/.git/HEAD", ""),
            ("w/bklint.toml", "exclude = [\"hidden/**\"]\n[lints]\n\"schema::*\" = \"allow\"\n"),
            ("w/x/buildkitd.toml", BAD),
            ("w/hidden/buildkitd.toml", BAD),
        ],
    );
    let run = at.sh("bklint -v w");
    assert!(run.stderr.contains("using w/bklint.toml"), "{}", run.stderr);
    assert!(run.stderr.contains("excluded by bklint.toml: "), "{}", run.stderr);
    assert!(run.stderr.contains("w/hidden/buildkitd.toml"), "{}", run.stderr);
    // Silence is no verdict.
    assert!(run.stderr.contains("w/x/buildkitd.toml: does not load"), "{}", run.stderr);
    for preset in ["../outside/team.toml", "/etc/passwd", "link.toml"] {
        _ = std::fs::remove_file(at.0.join("w/link.toml"));
        symlink("../outside/team.toml", at.0.join("w/link.toml")).unwrap();
        at.write("w/bklint.toml", format!("preset = \"{preset}\"\n"));
        let run = at.sh("bklint --format=concise w");
        assert!(run.code == 1 && run.stdout.contains("schema::duplicate_key"), "{preset}");
        assert!(run.stdout.contains("w/bklint.toml:1:"), "{preset}: {}", run.stdout);
    }
}

#[test]
fn hostile_json_is_refused() {
    let at = Scratch::new("json", &[("x.toml", BAD)]);
    let deep = "[".repeat(200_000);
    at.write("deep.json", format!("{{\"version\":1,\"findings\":{deep}"));
    at.write("file.json", "{\"version\":1,\"findings\":[{\"file\":\"../../etc/\\u001b[31m\",\"rule\":\"x\",\"fingerprint\":\"\"}]}");
    at.sh("bklint --baseline deep.json x.toml").fails_with("deep.json: is not a baseline");
    let run = at.sh("bklint --baseline file.json x.toml");
    assert!(run.code == 1 && !run.stderr.contains('\x1b'), "{}", run.stderr);
    at.write("store/instances/deep", &deep);
    at.sh("BUILDX_CONFIG=$PWD/store bklint builder deep").fails_with("is not buildx's");
}

/// All ways in which a file is shown.
const VIEWS: [&str; 19] = [
    "--format=human -v",
    "--format=concise",
    "--format=json",
    "--format=sarif",
    "--format=github",
    "--format=gitlab",
    "--format=junit",
    "--format=rdjson",
    "--format=markdown",
    "--report-suppressed -A schema::* -v",
    "--diff --unsafe-fixes",
    "--statistics --deploy buildx-container -v",
    "show",
    "show --format json",
    "route docker.io/library/alpine",
    "releases",
    "certs",
    "migrate --to 0.13 --diff",
    "config",
];

/// A file with a secret in each place that can have one; they all begin alike.
fn secrets() -> String {
    let key = |word: &str| {
        format!(
            "-----BEGIN EC PRIVATE KEY-----\\n{word}MHcCAQEEIIGHHSbyaVvP\\n-----END EC PRIVATE KEY-----"
        )
    };
    format!(
        r#"# https://u:hush-a@x/ and u:hush-b@host
root = "/x/u:hush-c@h"
[registry."me:hush-d@docker.io"]
  mirrors = ["u:hush-e@m.io", "https://u:hush-f@n.io/p", "u:hush-g@m.io"]
  ca = ["""-----BEGIN PRIVATE KEY-----
hush-h
-----END PRIVATE KEY-----"""]
  password = "hush-i"
  auth = {{ token = "hush-j" }}
[registry."hush-v@v.io"]
  mirrors = ["hush-w@w.io", """hush-w@ww.io""", "https://hush-w@www.io"]
  htp = true
[registry."hu\u0073h-x@x.io"]
  mirrors = ["hush-y\u0040y.io", "hu\u0073h-y\u0040y.io/p"]
  htp = true
[[registry."docker.io".keypair]]
  key = "{}"
  cert = "c.pem"
[grpc]
  address = ["tcp://u:hush-l@0.0.0.0:1", "u:hush-m@h:1"]
[proxy]
  http_proxy = "http://u:hush-n@p:1"
[worker.oci.labels]
  token = "hush-o"
  secret = "${{hush-o}}"
[otel]
  socketPath = "http://hush-p@p:1"
[credentials]
  password = "hush-q"
[frontend."dockerfile.v0"]
  enabled = "http://u:hush-r@x"
[dns]
  nameservers = ["u:hush-s@1.1.1.1"]
[[worker.oci.gcpolicy]]
  filters = ["id==u:hush-t@x", "{}"]
"#,
        key("hush-k"),
        key("hush-u"),
    )
}

#[test]
fn no_view_shows_a_secret() {
    let text = secrets();
    let at = Scratch::new("secrets", &[("x.toml", &text)]);
    for view in VIEWS {
        let run = at.sh(&format!("bklint {view} x.toml"));
        let all = run.stdout + &run.stderr;
        let at = all.find("hush");
        assert!(at.is_none(), "{view}: {:?}", at.map(|at| &all[at.saturating_sub(90)..at + 9]));
    }
    at.sh("bklint --baseline b.json --write-baseline x.toml");
    assert!(!std::fs::read_to_string(at.0.join("b.json")).unwrap().contains("hush"));
}

#[test]
fn no_broken_file_shows_a_secret() {
    let text = secrets();
    let broken = text.match_indices(['"', '[', ']', '=', '\n']);
    let broken: Vec<_> = broken
        .map(|(at, _)| {
            let mut text = text.clone();
            text.remove(at);
            (format!("{at}/buildkitd.toml"), text)
        })
        .collect();
    let files: Vec<_> = broken.iter().map(|(name, text)| (&**name, &**text)).collect();
    let at = Scratch::new("broken-secrets", &files);
    let run = at.sh("bklint -W pedantic .");
    let all = run.stdout + &run.stderr;
    assert!(all.matches("does not load").count() > files.len() / 2, "{all}");
    let at = all.find("hush");
    assert!(at.is_none(), "{:?}", at.map(|at| &all[at.saturating_sub(300)..at + 90]));
}

#[test]
fn no_view_obeys_a_file() {
    let evil = "\u{1b}[31m\u{202e}\u{200b}\u{9b}\u{7}";
    let text = format!(
        "[registry.\"{evil}docker.io\"]\n  mirrors = [\"{evil}\"]\n  htp{evil} = 1\n  ca = [\"{evil}\"]\n\
         [\"{evil}\"]\n  x = 1\n[worker.oci]\n  platforms = [\"{evil}\"]\n# bklint: allow({evil}) -- {evil}\n"
    )
    .replace('\u{1b}', "\\u001b");
    let name = format!("{}buildkitd.toml", evil.replace('\u{1b}', "\u{8}"));
    let at = Scratch::new("evil", &[(&name, &text)]);
    for view in VIEWS {
        let run = at.sh(&format!("bklint {view} *buildkitd.toml"));
        let all = run.stdout + &run.stderr;
        let obeyed = |c: char| {
            c.is_control() && c != '\n'
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        };
        assert!(!all.contains(obeyed), "{view}: {all:?}");
    }
}
