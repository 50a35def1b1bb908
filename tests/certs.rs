//! `bklint certs`: what it prints and how it exits; and files that nobody should open.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const CONFIG: &str = r#"[grpc]
  address = ["tcp://0.0.0.0:1234"]

  [grpc.tls]
    cert = "/certs/ec.crt"
    key = "/certs/rsa.key"
    ca = "/certs/ca.crt"

[registry."harbor.test"]
  ca = ["/certs/ca.crt", "/certs/none.pem"]

  [[registry."harbor.test".keypair]]
    cert = "/certs/ec.crt"
    key = "/certs/ec.key"
"#;

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/certs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A work tree with a configuration, and with what stands for `/etc` of its machine.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("certs-{name}"));
        _ = std::fs::remove_dir_all(&folder);
        let scratch = Self(folder);
        for name in ["ca.crt", "ec.crt", "ec.key", "rsa.key"] {
            scratch.write(&format!("root/certs/{name}"), &fixture(name));
        }
        scratch.write("buildkitd.toml", CONFIG.as_bytes());
        scratch
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Standard output, standard error and the exit code.
    fn run(&self, args: &[&str], columns: &str) -> (String, String, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bklint"));
        command.current_dir(&self.0).env_clear().env("COLUMNS", columns).args(args);
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr), output.status.code().unwrap())
    }

    fn code(&self, args: &[&str]) -> i32 {
        self.run(&[&["certs", "--now", "2026-11-24"], args].concat(), "").2
    }

    fn snapshot(&self, name: &str, args: &[&str], columns: &str) {
        let args = [&["certs", "--now", "2026-11-24"], args].concat();
        let (stdout, stderr, code) = self.run(&args, columns);
        let text = format!(
            "$ bklint {}\n{}--- stderr\n{stderr}--- exit {code}\n",
            args.join(" "),
            stdout.replace('\r', "")
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots/certs");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn formats() {
    let scratch = Scratch::new("formats");
    let args = ["buildkitd.toml", "--root", "root"];
    scratch.snapshot("human", &args, "");
    scratch.snapshot("narrow", &args, "80");
    scratch.snapshot("json", &[&args[..], &["--format", "json"]].concat(), "");
    scratch.snapshot("csv", &[&args[..], &["--format", "csv"]].concat(), "");
    scratch.snapshot("pem", &["root/certs/ec.crt"], "");
    scratch.snapshot("elsewhere", &["buildkitd.toml"], "");
}

#[test]
fn exit_codes() {
    let scratch = Scratch::new("codes");
    let code =
        |args: &[&str]| scratch.code(&[&["buildkitd.toml", "--root", "root"], args].concat());
    // A file that is not there says nothing of its dates.
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--expires-within", "30d"]), 2);
    scratch.write("root/certs/none.pem", &fixture("ca.crt"));
    assert_eq!(code(&["--expires-within", "30d"]), 0);
    assert_eq!(code(&["--expires-within", "60d"]), 1);
    assert_eq!(code(&["--expires-within", "6w"]), 1);
    // Nothing was looked at, which is no good news either.
    assert_eq!(code(&["--files", "skip"]), 0);
    assert_eq!(code(&["--files", "skip", "--expires-within", "1d"]), 2);
    assert_eq!(scratch.code(&["none.toml"]), 2);
    assert_eq!(scratch.code(&["root/certs/ec.crt", "--expires-within", "60"]), 1);
    assert_eq!(scratch.code(&["root/certs/ec.crt", "--expires-within", "x"]), 2);
}

/// A certificate's names are whatever its maker wrote.
#[test]
fn names_with_control_characters() {
    let mut params = rcgen::CertificateParams::new([]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "a\n\x1b[31mb\u{202e}\u{7}");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let scratch = Scratch::new("names");
    scratch.write("root/certs/none.pem", params.self_signed(&key).unwrap().pem().as_bytes());
    for args in [
        &["certs"][..],
        &["certs", "--format", "csv"],
        &["certs", "--format", "json"],
        &["check"],
        &["check", "--format", "concise"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "markdown"],
    ] {
        let (stdout, stderr, _) =
            scratch.run(&[args, &["buildkitd.toml", "--root", "root"]].concat(), "");
        let text = stdout + &stderr;
        assert!(!text.contains(|c: char| c.is_control() && !"\r\n".contains(c)), "{args:?}");
        assert!(args.contains(&"concise") || text.contains("[31mb"), "{args:?}: {text}");
    }
}

/// Real ones: pipe, device, loop, folder, and a file of 10 GB that takes no room.
#[cfg(unix)]
#[test]
fn hostile_files() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-files");
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("folder")).unwrap();
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("loop", folder.join("loop")).unwrap();
    let sparse = std::fs::File::create(folder.join("sparse")).unwrap();
    sparse.set_len(10 << 30).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    let names = [path("pipe"), "/dev/zero".into(), path("loop"), path("folder"), path("sparse")];
    let mut config = format!("[registry.\"r.test\"]\nca = {names:?}\ntlsconfigdir = {names:?}\n");
    for name in &names {
        let pair = format!("cert = {name:?}\nkey = {name:?}\n");
        config = config + "[[registry.\"r.test\".keypair]]\n" + &pair;
    }
    std::fs::write(folder.join("buildkitd.toml"), config).unwrap();

    let start = Instant::now();
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bklint"));
        let output = command.args(args).arg(folder.join("buildkitd.toml")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = check(&["--files", "check", "-v"]);
    for words in ["is a pipe or device", "leads to itself", "is a folder", "is larger than 1 MiB"] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    check(&["certs", "--files", "check"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    std::fs::remove_dir_all(&folder).unwrap();
}
