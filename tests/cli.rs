//! The command, run as a user runs it.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/snapshots.rs"]
mod snapshots;

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use scratch::{Run, Scratch};
use snapshots::snapshots;

impl Scratch {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bklint"));
        command.args(args).current_dir(&self.0).env_clear().env("HOME", self.0.join("home"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str], stdin: &str) -> Run {
        let mut child = self.command(args).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // A program that does not read it may be gone already.
        _ = pipe.write_all(stdin.as_bytes());
        drop(pipe);
        child.wait_with_output().unwrap().into()
    }

    /// A snapshot of everything a run shows.
    fn snapshot(&self, name: &str, args: &[&str], stdin: &str) {
        let run = self.run(args, stdin);
        let text = format!(
            "$ bklint {}\n{}--- stderr\n{}--- exit {}\n",
            args.join(" "),
            run.stdout,
            run.stderr,
            run.code
        );
        let mut settings = snapshots("cli");
        let literal = |text: &str| text.replace('.', "\\.");
        settings.add_filter(&literal(&self.0.display().to_string()), "[folder]");
        settings.add_filter(&literal(env!("CARGO_PKG_VERSION")), "[version]");
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

const GOOD: &str = "[worker.oci]\n  max-parallelism = 4\n";
const BAD: &str = "[worker.oci\n  max-parallelism = 4\n";

#[test]
fn reports() {
    let at = Scratch::new(
        "reports",
        &[("good.toml", GOOD), ("bad.toml", BAD), ("b/buildkitd.toml", BAD)],
    );
    at.snapshot("good", &["good.toml"], "");
    at.snapshot("good_verbose", &["-v", "good.toml"], "");
    at.snapshot("bad", &["bad.toml"], "");
    at.snapshot("check_is_the_default", &["check", "bad.toml", "-q"], "");
    at.snapshot("concise", &["--format", "concise", "good.toml", "bad.toml", "b"], "");
    at.snapshot("json", &["--format=json", "bad.toml", "nosuch.toml"], "");
    at.snapshot("color", &["--color=always", "bad.toml"], "");
    at.snapshot("statistics", &["--statistics", "-q", "--format=concise", "b", "bad.toml"], "");
    at.snapshot("stdin", &["--stdin-filename", "deploy/x.toml", "--format=concise", "-"], BAD);
}

#[test]
fn levels() {
    let at = Scratch::new("levels", &[("bad.toml", BAD)]);
    at.snapshot("warn", &["-W", "syntax::unclosed", "--format=concise", "bad.toml"], "");
    at.snapshot("allow", &["-A", "syntax::*", "bad.toml"], "");
    let code = |args: &[&str]| at.run(&[args, &["bad.toml"]].concat(), "").code;
    assert_eq!(code(&["-W", "syntax::unclosed", "-D", "warnings"]), 1);
    assert_eq!(code(&["-A", "syntax::*", "-N", "syntax::unclosed"]), 0);
    assert_eq!(code(&["-N", "syntax::unclosed", "-D", "syntax::*"]), 1);
    assert_eq!(code(&["-D", "syntax::*", "-N", "syntax::unclosed"]), 0);
    assert_eq!(code(&["-F", "syntax::*", "-A", "syntax::unclosed"]), 1);
    assert_eq!(code(&["--exit-zero"]), 0);
    at.snapshot("unknown_rule", &["-D", "syntax::unclosd", "bad.toml"], "");
}

const CONFIG: &str = "\
preset = \"strict\"
exclude = [\"old/**\"]
deploy = \"rootless\"

[lints]
\"syntax::unclosed\" = { level = \"allow\", reason = \"to be mended\", until = 2999-12-31 }
";

#[test]
fn configuration() {
    let at = Scratch::new(
        "configuration",
        &[
            ("bklint.toml", CONFIG),
            ("buildkitd.toml", BAD),
            ("old/buildkitd.toml", BAD),
            ("broken/bklint.toml", "preset = \"strict\n"),
            ("broken/buildkitd.toml", BAD),
            ("policy.toml", "[lints]\n\"syntax::*\" = \"deny\"\n"),
        ],
    );
    at.snapshot("config", &["-v", "."], "");
    at.snapshot("config_none", &["--no-config", "--format=concise", "buildkitd.toml"], "");
    at.snapshot("config_missing", &["--config=nosuch.toml", "buildkitd.toml"], "");
    at.snapshot("policy", &["--policy=policy.toml", "--format=concise", "buildkitd.toml"], "");
    at.snapshot(
        "report_suppressed",
        &["--report-suppressed", "--format=concise", "buildkitd.toml"],
        "",
    );
    at.snapshot("config_json", &["--format=json", "buildkitd.toml"], "");
    assert_eq!(at.run(&["old/buildkitd.toml", "--no-config"], "").code, 1);
    let run = at.run(&["--force-exclude", "-q", "--format=concise", "old/buildkitd.toml"], "");
    assert!(run.stdout.lines().all(|line| line.starts_with("bklint.toml:")), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn configuration_that_anybody_can_write() {
    use std::os::unix::fs::PermissionsExt;
    let config = "[lints]\n\"syntax::*\" = \"allow\"\n";
    let at = Scratch::new("anybody", &[("bklint.toml", config), ("buildkitd.toml", BAD)]);
    assert_eq!(at.run(&["buildkitd.toml"], "").code, 0);
    let mode = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(at.0.join("bklint.toml"), mode).unwrap();
    at.snapshot("config_untrusted", &["--format=concise", "buildkitd.toml"], "");
    assert_eq!(at.run(&["--config=bklint.toml", "buildkitd.toml"], "").code, 0);
}

#[test]
fn policies() {
    let config = "[policy.mirrors]\nallow = [\"*.corp.example\"]\n\n[[policy.rule]]\nid = \"corp::json\"\n\
        key = \"log.format\"\nmust = { \".\" = \"json\" }\nmessage = \"logs are JSON\"\nhelp = \"set it\"\n\n\
        [lints]\n\"gc::disabled\" = { level = \"allow\", reason = \"one job\" }\n";
    let text = "[log]\n  format = \"text\"\n[registry.\"docker.io\"]\n  mirrors = [\"quay.io\"]\n";
    let at = Scratch::new("policies", &[("bklint.toml", config), ("buildkitd.toml", text)]);
    at.snapshot("policy_findings", &["buildkitd.toml"], "");
    at.snapshot("policy_config", &["config", "buildkitd.toml"], "");
    at.snapshot("policy_init_there", &["policy", "init"], "");
    let at = Scratch::new(
        "policy_test",
        &[
            ("bklint.toml", config),
            ("good/a.toml", text),
            ("bad/b.toml", text),
            ("good/c.toml", "[log"),
        ],
    );
    at.snapshot("policy_test", &["policy", "test"], "");
    let ceiling = "[[policy.rule]]\nid = \"corp::ceiling\"\nkey = \"worker.oci.maxUsedSpace\"\n\
        must = { \".\" = { max = \"200GB\" } }\nmessage = \"a ceiling\"\n";
    let share = "[worker.oci]\n  maxUsedSpace = \"50%\"\n";
    let files = [("bklint.toml", ceiling), ("good/share.toml", share)];
    let at = Scratch::new("policy_open", &files);
    at.snapshot("policy_test_open", &["policy", "test"], "");
    let at = Scratch::new("policy_init", &[("buildkitd.toml", GOOD)]);
    at.snapshot("policy_init", &["policy", "init", "--preset", "strict"], "");
    assert_eq!(at.run(&["buildkitd.toml"], "").code, 0);
}

#[test]
fn discovery() {
    let at = Scratch::new(
        "discovery",
        &[
            ("a/buildkitd.toml", GOOD),
            ("a/.ci/x.buildkitd.toml", BAD),
            ("empty/x.toml", BAD),
            ("m[1].toml", GOOD),
        ],
    );
    at.snapshot("work_tree", &["--format=concise"], "");
    at.snapshot("folder_without_a_match", &["empty"], "");
    at.snapshot("missing", &["nosuch.toml", "a/buildkitd.toml"], "");
    at.snapshot("glob", &["--format=concise", "**/*.toml"], "");
    at.snapshot("glob_without_a_match", &["*.tml"], "");
    assert_eq!(at.run(&["m[1].toml"], "").code, 0);
}

#[cfg(unix)]
#[test]
fn odd_files() {
    let at = Scratch::new("odd", &[("a/buildkitd.toml", GOOD)]);
    std::os::unix::fs::symlink("..", at.0.join("a/loop")).unwrap();
    assert_eq!(at.run(&["--format=concise"], "").code, 0);
    let large = std::fs::File::create(at.0.join("large.toml")).unwrap();
    large.set_len(100 << 20).unwrap();
    assert!(Command::new("mkfifo").arg(at.0.join("pipe.toml")).status().unwrap().success());
    std::fs::write(at.0.join("junk.toml"), [0, 255, b'[', 10, 13, 0xc3]).unwrap();
    at.snapshot("odd", &["--format=concise", "large.toml", "pipe.toml", "a/buildkitd.toml"], "");
    assert_ne!(at.run(&["junk.toml"], "").code, 2);
}

/// One line to mend safely, one that changes what buildkitd does, and one for its user.
const MENDABLE: &str = "# ours\r\n[worker.oci\r\n  maxParallelism = 4 # four\r\n  gc = false\r\n";

#[test]
fn fixes() {
    let at = Scratch::new("fixes", &[("m.toml", MENDABLE), ("good.toml", GOOD)]);
    let read = || std::fs::read_to_string(at.0.join("m.toml")).unwrap();
    at.snapshot("diff", &["--diff", "--unsafe-fixes", "--format=concise", "m.toml"], "");
    assert_eq!(read(), MENDABLE);
    at.snapshot("fix", &["--fix", "--format=concise", "m.toml", "good.toml"], "");
    assert_eq!(read(), MENDABLE.replace("oci", "oci]"));
    let all = MENDABLE.replace("oci", "oci]").replace("maxParallelism", "max-parallelism");
    let run = at.run(&["--fix", "--unsafe-fixes", "--format=concise", "m.toml"], "");
    assert_eq!((run.code, read()), (0, all.clone()));
    let again = at.run(&["--fix", "--unsafe-fixes", "--format=concise", "m.toml"], "");
    assert_eq!((again.stdout, read()), (run.stdout, all.clone()));

    at.snapshot("fix_stdin", &["--fix", "-"], MENDABLE);
    let run = at.run(&["--fix", "--unsafe-fixes", "-"], MENDABLE);
    assert_eq!(run.stdout, all);
    let run = at.run(&["--fix", "-q", "-"], "\u{1}= \n");
    assert_eq!((run.code, &*run.stdout), (1, "\u{1}= \n"));
    assert_eq!(at.run(&["--unsafe-fixes", "m.toml"], "").code, 2);
}

/// What other releases have otherwise, and a key that none has.
const AGED: &str = "\u{feff}debug = true\n\n[worker.oci]\n  gckeepstorage = \"9GB\" # nine\n  \
                    networkMode = \"bridge\"\n  bridgeName  = \"b\"\n\n[registry.docker.io]\n";

#[test]
fn migrates() {
    let at = Scratch::new("migrate", &[("m.toml", AGED)]);
    at.snapshot("migrate_diff", &["migrate", "--to", "0.30", "--diff", "m.toml"], "");
    assert_eq!(std::fs::read_to_string(at.0.join("m.toml")).unwrap(), AGED);
    let run = at.run(&["migrate", "--to=0.30", "m.toml"], "");
    assert_eq!((run.code, &*run.stdout), (0, ""));
    let newer = std::fs::read_to_string(at.0.join("m.toml")).unwrap();
    at.snapshot("migrate_back", &["migrate", "--to", "0.16", "-"], &newer);
    assert_eq!(at.run(&["migrate", "m.toml"], "").code, 2);
    assert_eq!(at.run(&["migrate", "--to", "0.30"], "").code, 2);
}

#[cfg(unix)]
#[test]
fn what_is_fixed_stays_where_and_as_it_is() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let at = Scratch::new("fixed_in_place", &[("a/m.toml", BAD), ("b/fixed.toml", BAD)]);
    let mode = |name: &str| std::fs::metadata(at.0.join(name)).unwrap().permissions().mode();
    let set = |name: &str, mode| {
        std::fs::set_permissions(at.0.join(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    set("a/m.toml", 0o640);
    symlink("../a/m.toml", at.0.join("b/link.toml")).unwrap();
    // Left behind by one that was killed.
    std::fs::write(at.0.join("a/.m.toml.bklint-0"), "half").unwrap();
    assert_eq!(at.run(&["--fix", "b/link.toml"], "").code, 0);
    assert_eq!(std::fs::read_to_string(at.0.join("a/m.toml")).unwrap(), GOOD);
    assert_eq!(mode("a/m.toml") & 0o777, 0o640);
    assert!(at.0.join("b/link.toml").is_symlink());
    assert_eq!(std::fs::read_dir(at.0.join("a")).unwrap().count(), 2);

    set("b/fixed.toml", 0o444);
    at.snapshot("fix_read_only", &["--fix", "--format=concise", "b/fixed.toml"], "");
    assert_eq!(std::fs::read_to_string(at.0.join("b/fixed.toml")).unwrap(), BAD);
    assert_eq!(std::fs::read_dir(at.0.join("b")).unwrap().count(), 2);
}

#[test]
fn a_difference_hides_secrets() {
    let at = Scratch::new("secret_diff", &[("m.toml", "[grpc\npassword = \"hush\"\n")]);
    at.snapshot("diff_secret", &["--diff", "-q", "m.toml"], "");
    at.run(&["--fix", "m.toml"], "");
    let text = std::fs::read_to_string(at.0.join("m.toml")).unwrap();
    assert_eq!(text, "[grpc]\npassword = \"hush\"\n");
}

#[test]
fn streams() {
    let at = Scratch::new("streams", &[("bad.toml", &"a = \"x\n".repeat(20_000))]);
    let mut child = at.command(&["-q", "bad.toml"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    drop(out);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(1));

    let run = at.run(&["--format=json=out.json", "--format=sarif=out.sarif", "bad.toml", "-q"], "");
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (1, "", ""));
    assert!(at.0.join("out.json").exists() && at.0.join("out.sarif").exists());
    let run = at.run(&["--format=json=no/such/folder", "bad.toml", "-q"], "");
    assert_eq!((run.code, &*run.stderr), (2, "bklint: no/such/folder: no such folder\n"));
    assert_eq!(at.run(&["--format=json", "--format=sarif", "bad.toml"], "").code, 2);
}

#[test]
fn what_counts_for_a_file_is_told() {
    let at = Scratch::new(
        "counts",
        &[
            (
                "bklint.toml",
                "[lints]\n\"gc::disabled\" = { level = \"allow\", reason = \"small\" }\n\
              [[override]]\nfiles = [\"old/*\"]\n\
              deployment = { buildkit = \"0.13\", deploy = \"rootless\" }\n",
            ),
            ("other.toml", "[policy.release]\nmin = \"0.12\"\n"),
            ("floor.toml", "[lints]\n\"gc::disabled\" = \"warn\"\n[policy.gc]\nrequired = true\n"),
            (
                "buildkitd.toml",
                "[worker.oci]\n  gc = false\n  # bklint: allow(worker::*) -- a try\n  \
              snapshotter = \"overlay\"\n",
            ),
            ("old/buildkitd.toml", "[worker.oci]\n  gc = false\n"),
        ],
    );
    for (args, wanted, not) in [
        (&["buildkitd.toml"][..], "bklint.toml:2  small", "other.toml"),
        (&["--no-config", "buildkitd.toml"], "no bklint.toml counts", "small"),
        (&["--config=other.toml", "buildkitd.toml"], "other.toml:2", "small"),
        (&["--policy=floor.toml", "buildkitd.toml"], "floor.toml:2", "other.toml"),
        (&["old/buildkitd.toml"], "buildkit = \"0.13\"", "other.toml"),
    ] {
        let run = at.run(&[&["config"], args].concat(), "");
        assert!(
            run.stdout.contains(wanted) && !run.stdout.contains(not),
            "{args:?} {}",
            run.stdout
        );
    }
    let run = at.run(&["config", "--policy=floor.toml", "buildkitd.toml"], "");
    assert!(
        run.stdout.contains("policy::gc") && run.stdout.contains("floor.toml:4"),
        "{}",
        run.stdout
    );

    let run = at.run(&["-v", "--format=json", "."], "");
    let says = "silenced: 1 by comments, 2 by levels in bklint.toml";
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert!(
        run.stderr.contains("old/buildkitd.toml: loads and starts with BuildKit 0.13\n"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("  judged for --deploy rootless, as bklint.toml says\n"),
        "{}",
        run.stderr
    );
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["deployment"]["buildkit"], "0.32");
    let deployment = |name: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|file| file["file"] == name).unwrap()["deployment"].clone()
    };
    assert!(deployment("buildkitd.toml").is_null());
    let old = deployment("old/buildkitd.toml");
    assert_eq!((&old["buildkit"], &old["deploy"]), (&"0.13".into(), &"rootless".into()));
}

#[test]
fn many_files_keep_their_order() {
    let names: Vec<_> = (0..40).map(|number| format!("{number:02}.toml")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), BAD)).collect();
    let at = Scratch::new("many", &files);
    let mut args = vec!["--format=concise", "-q"];
    args.extend(names.iter().rev().map(String::as_str));
    let run = at.run(&args, "");
    let order: Vec<_> = run.stdout.lines().map(|line| &line[..7]).collect();
    assert_eq!(order, args[2..]);
}

#[test]
fn commands() {
    let at = Scratch::new("commands", &[]);
    at.snapshot("explain", &["explain", "syntax::unclosed"], "");
    at.snapshot("explain_unknown", &["explain", "unclosed"], "");
    at.snapshot("schema", &["schema", "config"], "");
    at.snapshot("help", &["--help"], "");
    at.snapshot("help_short", &["-h"], "");
    let rules = at.run(&["rules"], "");
    assert!(rules.stdout.contains("syntax::unclosed") && rules.code == 0);
    assert_eq!(at.run(&["--nosuch"], "").code, 2);
    assert_eq!(
        at.run(&["--version"], "").stdout,
        concat!("bklint ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

/// Bash completes a long option as a user would have it.
#[cfg(unix)]
#[test]
fn completions_complete() {
    let at = Scratch::new("completions", &[]);
    let script = at.run(&["completions", "bash"], "").stdout;
    let try_it = "COMP_WORDS=(bklint --dep); COMP_CWORD=1; _bklint bklint --dep bklint; \
                  echo \"${COMPREPLY[@]}\"";
    let output =
        Command::new("bash").args(["-c", &format!("{script}\n{try_it}")]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "--deploy");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        assert!(at.run(&["completions", shell], "").stdout.contains("deploy"), "{shell}");
    }
    let man = at.run(&["man"], "").stdout;
    assert!(man.contains(".TH bklint 1") && man.contains("\\-\\-deploy"));
}

/// Reports in files are whole or not there, and never in the place of what is checked.
#[cfg(unix)]
#[test]
fn outputs_in_files() {
    let at = Scratch::new("outputs", &[("good.toml", GOOD), ("old.json", "old")]);
    let code = |args: &[&str]| at.run(&[&["good.toml", "--format"], args].concat(), "").code;
    let text = |name: &str| std::fs::read_to_string(at.0.join(name)).unwrap();
    assert_eq!(code(&["json=old.json", "--format", "junit=new.xml"]), 0);
    assert!(text("old.json").starts_with('{') && text("new.xml").starts_with("<?xml"));
    assert_eq!(code(&["json=/dev/null"]), 0);
    assert_eq!(code(&["json=missing/x.json"]), 2);
    assert!(!at.0.join("missing").exists());
    assert_eq!(code(&["json=.git"]), 2);
    at.snapshot("output_is_checked", &["good.toml", "--format", "json=good.toml"], "");
    at.snapshot("output_twice", &["good.toml", "--format=json=x", "--format=sarif=x"], "");
    at.snapshot("output_stdout_twice", &["good.toml", "--format=json=-", "--format=human"], "");
    assert_eq!(text("good.toml"), GOOD);
    let drafts = |entry: std::fs::DirEntry| entry.file_name().display().to_string();
    let left: Vec<_> = std::fs::read_dir(&at.0).unwrap().map(|e| drafts(e.unwrap())).collect();
    assert!(left.iter().all(|name| !name.contains("bklint-")), "{left:?}");
}

#[test]
fn releases_are_compared() {
    let text = "debug = true\npassword = \"hush\"\n\n[worker.oci]\n  Max-Parallelism = 4\n  \
        reservedSpace = \"20GB\"\n\n[history]\n  maxAge = \"48h\"\n\n[registry.\"docker.io\"]\n  \
        mirrors = [\"harbor.corp.example/hub\"]\n  http = true\n  insecure = true\n";
    let scratch = Scratch::new("releases", &[("buildkitd.toml", text), ("plain.toml", "[log]\n")]);
    scratch.snapshot("releases", &["releases", "buildkitd.toml"], "");
    scratch.snapshot("releases_range", &["releases", "buildkitd.toml", "--from", "v0.29.0"], "");
    scratch.snapshot("releases_old", &["releases", "-", "--from", "0.9", "--to", "0.10"], text);
    scratch.snapshot("releases_alike", &["releases", "plain.toml", "--from", "0.13"], "");
    let json = ["releases", "--from", "0.12", "--to", "0.12", "--format", "json", "buildkitd.toml"];
    scratch.snapshot("releases_json", &json, "");
    scratch.snapshot("releases_none", &["releases", "gone.toml"], "");
    scratch.snapshot(
        "releases_order",
        &["releases", "plain.toml", "--from", "0.31.2", "--to", "0.31.1"],
        "",
    );
}

#[test]
fn a_release_to_come_is_judged_like_the_newest() {
    let scratch = Scratch::new("future", &[("good.toml", GOOD)]);
    let run = scratch.run(&["good.toml", "--buildkit", "0.99"], "");
    assert!(run.stderr.contains("0.99 is newer than 0.32.2"), "{}", run.stderr);
    assert_eq!(run.code, 0);
}

/// SARIF says of each result whether the baseline lists it, and leaves out what is silenced unless
/// asked.
#[test]
fn sarif_knows_the_baseline() {
    let at = Scratch::new("sarif_baseline", &[("x.toml", "[worker.oci]\n  maxParallelism = 4\n")]);
    assert_eq!(at.run(&["x.toml", "--baseline=b.json", "--write-baseline", "-q"], "").code, 0);
    std::fs::write(at.0.join("x.toml"), "debgu = true\n[worker.oci]\n  maxParallelism = 4\n")
        .unwrap();
    let states = |more: &[&str]| {
        let args = [&["x.toml", "--baseline=b.json", "--format=sarif"], more].concat();
        let log: serde_json::Value = serde_json::from_str(&at.run(&args, "").stdout).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let state = |result: &serde_json::Value| {
            (result["baselineState"].clone(), result["suppressions"][0]["kind"].clone())
        };
        results.iter().map(state).collect::<Vec<_>>()
    };
    let new = (serde_json::json!("new"), serde_json::Value::Null);
    let old = (serde_json::json!("unchanged"), serde_json::json!("external"));
    assert_eq!(states(&[]), std::slice::from_ref(&new));
    assert_eq!(states(&["--report-suppressed"]), [new, old]);
}
