//! `bklint certs`: what it prints and how it exits; and files that nobody should open.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/snapshots.rs"]
mod snapshots;

use scratch::{Run, Scratch};
use snapshots::snapshots;
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
fn folder(name: &str) -> Scratch {
    let scratch = Scratch::new(name, &[("buildkitd.toml", CONFIG), (".gitignore", "*.key\n")]);
    for name in ["ca.crt", "ec.crt", "ec.key", "rsa.key"] {
        scratch.write(format!("root/certs/{name}"), fixture(name));
    }
    scratch
}

impl Scratch {
    fn run(&self, args: &[&str], columns: &str) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bklint"));
        command.current_dir(&self.0).env_clear().env("COLUMNS", columns).args(args);
        command.output().unwrap().into()
    }

    fn code(&self, args: &[&str]) -> i32 {
        self.run(&[&["certs", "--now", "2026-11-24"], args].concat(), "").code
    }

    fn snapshot(&self, name: &str, args: &[&str], columns: &str) {
        let args = [&["certs", "--now", "2026-11-24"], args].concat();
        let Run { stdout, stderr, code } = self.run(&args, columns);
        let text = format!(
            "$ bklint {}\n{}--- stderr\n{stderr}--- exit {code}\n",
            args.join(" "),
            stdout.replace('\r', "")
        );
        snapshots("certs").bind(|| insta::assert_snapshot!(name, text));
    }
}

#[test]
fn formats() {
    let scratch = folder("formats");
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
    let scratch = folder("codes");
    let code =
        |args: &[&str]| scratch.code(&[&["buildkitd.toml", "--root", "root"], args].concat());
    // A file that is not there says nothing of its dates.
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--expires-within", "30d"]), 2);
    scratch.write("root/certs/none.pem", fixture("ca.crt"));
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
    let scratch = folder("names");
    scratch.write("root/certs/none.pem", params.self_signed(&key).unwrap().pem());
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
        let run = scratch.run(&[args, &["buildkitd.toml", "--root", "root"]].concat(), "");
        let text = run.stdout + &run.stderr;
        assert!(!text.contains(|c: char| c.is_control() && !"\r\n".contains(c)), "{args:?}");
        assert!(args.contains(&"concise") || text.contains("[31mb"), "{args:?}: {text}");
    }
}

/// Real ones: pipe, device, loop, folder, and a file of 10 GB that takes no room.
#[cfg(unix)]
#[test]
fn hostile_files() {
    let scratch = Scratch::new("hostile", &[("folder/x", "")]);
    let folder = &scratch.0;
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
    scratch.write("buildkitd.toml", config);

    let start = Instant::now();
    let check = |args: &[&str]| scratch.run(&[args, &["buildkitd.toml"]].concat(), "").stdout;
    let text = check(&["--files", "check", "-v"]);
    for words in ["is a pipe or device", "leads to itself", "is a folder", "is larger than 1 MiB"] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    check(&["certs", "--files", "check"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
