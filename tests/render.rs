//! What the renderers print, and that they print anything at all whatever the spans.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/snapshots.rs"]
mod snapshots;

use std::collections::BTreeMap;

use bklint::render::human::{closing, human, is_clean};
use bklint::render::{
    RuleInfo, Style, concise, fingerprint, github, gitlab, json, junit, markdown, miette, rdjson,
    sarif,
};
use bklint::report::{
    Applicability, Counts, Edit, FileReport, Finding, Fix, Impact, Label, Level, Locality, Report,
    Unchecked, Verdict,
};
use bklint::source::{Source, Span};
use snapshots::snapshots;

const PLAIN: Style = Style { color: false, width: 80, verbose: false, links: false };

fn snapshot(name: &str, text: &str) {
    let mut settings = snapshots("render");
    settings.add_filter(&literal(env!("CARGO_PKG_VERSION")), "[version]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A literal as a regular expression.
fn literal(text: &str) -> String {
    text.replace('.', "\\.")
}

fn span(text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap_or_else(|| panic!("{needle}"));
    Span::new(u32::try_from(start).unwrap(), u32::try_from(start + needle.len()).unwrap())
}

fn after(text: &str, needle: &str) -> Span {
    Span::at(span(text, needle).end)
}

fn finding(rule: &'static str, message: &'static str, at: Span, label: &'static str) -> Finding {
    Finding {
        rule: rule.into(),
        level: Level::Deny,
        bound: false,
        suppressed: None,
        impact: Impact::Ignored,
        message: message.into(),
        key: None,
        span: at,
        label: label.into(),
        labels: Vec::new(),
        notes: Vec::new(),
        help: None,
        data: BTreeMap::new(),
        fixes: Vec::new(),
    }
}

fn label(at: Span, text: &'static str) -> Label {
    Label { file: None, span: Some(at), text: text.into() }
}

fn edit(span: Span, text: &str) -> Edit {
    Edit { span, text: text.into() }
}

fn fix(title: &'static str, edits: Vec<Edit>) -> Fix {
    Fix { title: title.into(), applicability: Applicability::Safe, edits }
}

fn file(name: &str, text: impl Into<Vec<u8>>, findings: Vec<Finding>) -> FileReport {
    FileReport {
        source: Source::new(name, text.into()),
        own: false,
        loads: Verdict::Yes,
        starts: Verdict::Yes,
        creates: Verdict::Unknown("not for buildx".into()),
        unchecked: Vec::new(),
        locality: Locality::Elsewhere,
        guess: None,
        deployment: None,
        findings,
        omitted: Counts::default(),
        fixed: 0,
    }
}

fn report(files: Vec<FileReport>) -> Report {
    Report { files, buildkit: "0.32".into(), ..Report::default() }
}

fn show(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    human(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The eight reports of the style guide.
fn voices() -> Vec<FileReport> {
    let mut files = Vec::new();

    let text = "[worker.oci]\n  gc = true\n  maxParallelism = 2\n";
    files.push(file(
        "docker/buildkitd.toml",
        text,
        vec![Finding {
            key: Some("worker.oci.maxParallelism".into()),
            notes: vec!["the file loads, and parallel steps stay unlimited".into()],
            fixes: vec![fix(
                "a key with a similar name exists",
                vec![edit(span(text, "maxParallelism"), "max-parallelism")],
            )],
            ..finding(
                "schema::misspelt_key",
                "`maxParallelism` is not a key of `[worker.oci]`",
                span(text, "maxParallelism"),
                "ignored by buildkitd",
            )
        }],
    ));

    let text = "[registry.docker.io]\n  mirrors = [\"harbor.corp.example/dockerhub\"]\n";
    files.push(file(
        "buildkitd.toml",
        text,
        vec![Finding {
            labels: vec![label(span(text, "mirrors"), "dropped with the table")],
            notes: vec!["the file loads; images still come straight from Docker Hub".into()],
            help: Some("quote the host".into()),
            fixes: vec![fix("quote", vec![edit(span(text, "docker.io"), "\"docker.io\"")])],
            ..finding(
                "registry::unquoted_host",
                "registry host `docker.io` is not quoted",
                span(text, "docker.io"),
                "read as `docker`, and in it `io`",
            )
        }],
    ));

    let text = "[registry.\"docker.io\"]\n  mirrors = [\"http://mirror.corp.example:5000\"]\n";
    files.push(file("buildkitd.toml", text, vec![Finding {
        notes: vec!["buildkitd tries https://mirror.corp.example:5000/v2 and, when that fails, Docker Hub; only a log line of level info tells".into()],
        help: Some("name the host alone and allow HTTP in the mirror's own table".into()),
        fixes: vec![fix("x", vec![
            edit(span(text, "http://"), ""),
            edit(after(text, "5000\"]"), "\n\n[registry.\"mirror.corp.example:5000\"]\n  http = true"),
        ])],
        ..finding("mirror::http_scheme", "`http://` mirror is contacted over HTTPS", span(text, "http://"), "dropped by buildkitd")
    }]));

    let text =
        "[registry.\"docker.io\"]\n  mirrors = [\"mirror.corp.example:5000\"]\n  http = true\n";
    files.push(file("buildkitd.toml", text, vec![Finding {
        labels: vec![
            label(span(text, "docker.io"), "the only host it applies to"),
            label(span(text, "mirror.corp.example:5000"), "still contacted over HTTPS"),
        ],
        notes: vec!["buildkitd tries https://mirror.corp.example:5000/v2 first, then Docker Hub in plain text, at http://registry-1.docker.io/v2".into()],
        help: Some("move it to a table for the mirror".into()),
        fixes: vec![fix("x", vec![
            edit(span(text, "  http = true\n"), "\n[registry.\"mirror.corp.example:5000\"]\n  http = true\n"),
        ])],
        ..finding("mirror::option_on_origin", "`http = true` does not reach the mirror", span(text, "http = true"), "")
    }]));

    let text = "[worker.oci]\n  gc = true\n  gckeepstorage = 9000\n";
    files.push(file("/etc/buildkit/buildkitd.toml", text, vec![Finding {
        notes: vec![
            "after a build buildkitd deletes all cache that is not in use".into(),
            "the official sample carried 9000 until v0.16, for some releases with \"in MB\" beside it; only the command-line flag takes megabytes".into(),
        ],
        help: Some("write the unit; from v0.17 on the key is named `reservedSpace`".into()),
        fixes: vec![Fix { applicability: Applicability::Unsafe, ..fix("x", vec![
            edit(span(text, "gckeepstorage"), "reservedSpace"),
            edit(span(text, "9000"), "\"9000MB\""),
        ])}],
        ..finding("gc::bytes_not_megabytes", "`gckeepstorage = 9000` keeps 9000 bytes", span(text, "9000"), "a bare integer counts bytes")
    }]));

    let text = "[grpc]\n  address = [\"tcp://0.0.0.0:1234\"]\n\n[grpc.tls]\n  ca = \"/etc/buildkit/tls/ca.pem\"\n";
    files.push(file("deploy/buildkitd.toml", text, vec![Finding {
        labels: vec![label(span(text, "tcp://0.0.0.0:1234"), "plain text, any client accepted")],
        notes: vec!["the daemon starts with its general \"TLS is not enabled\" warning; whoever reaches the port can run builds on it".into()],
        help: Some("add `cert` and `key` of the server; with all three set, clients must show a certificate signed by `ca`".into()),
        ..finding("grpc::tls_ca_only", "`grpc.tls` has only `ca`, so TLS is off", span(text, "ca"), "not even read without `cert` and `key`")
    }]));

    let text = format!(
        "{}[registry.\"harbor.corp.example\"]\n  ca = [\"/etc/buildkit/certs/corp.pem\"]\n",
        "\n".repeat(11)
    );
    files.push(file("/etc/buildkit/buildkitd.toml", &*text, vec![Finding {
        labels: vec![label(span(&text, "harbor.corp.example"), "pulls and pushes here rely on it")],
        notes: vec![
            "subject  CN=Example Corp Root G1\nvalid    2016-11-13 to 2026-11-11, today is 2026-11-23\nserial   5A:91:0C:44\nsha256   3FA2 61C0 … 77B1 9D07".into(),
            "the daemon starts; a server whose chain ends here is refused with \"x509: certificate has expired or is not yet valid\"".into(),
        ],
        help: Some("add the new root to this file; the old one may stay beside it".into()),
        ..finding("certificate::expired", "CA certificate expired 12 days ago", span(&text, "/etc/buildkit/certs/corp.pem"), "holds one certificate, this one")
    }]));

    let text = "insecure-entitlements = [\"security.insecure\"]\n";
    files.push(file("docker/buildkitd.toml", text, vec![Finding {
        notes: vec![
            "the list lacks `network.host`, so buildx starts buildkitd with `--allow-insecure-entitlement=network.host`; flags replace the list".into(),
            "builds then fail with \"granting entitlement security.insecure is not allowed by build daemon configuration\"".into(),
            "judged for `--deploy buildx-container` without daemon flags".into(),
        ],
        help: Some("list `network.host` too, which buildx grants anyway (buildx 0.18+)".into()),
        fixes: vec![fix("x", vec![edit(after(text, "\"security.insecure\""), ", \"network.host\"")])],
        ..finding("deploy::entitlements_replaced", "buildx drops `security.insecure`", span(text, "security.insecure"), "not granted in the builder")
    }]));
    files
}

#[test]
fn eight_voices() {
    let shown = show(&report(voices()), &PLAIN);
    assert!(!shown.lines().any(|line| line.ends_with(' ') || line.len() > 90));
    snapshot("eight_voices", &shown);
}

#[test]
fn colours_and_links() {
    let report = report(voices().into_iter().skip(2).take(1).collect());
    let text = show(&report, &Style { color: true, links: true, ..PLAIN });
    snapshot("colours_and_links", &text.replace('\x1b', "ESC"));
}

#[test]
fn one_note_a_rule() {
    let text = "debug = true\ntrace = true\ndebug = true\n";
    let at = |index: u32| Span::new(13 * index, 13 * index + 5);
    let note =
        |index| Finding { level: Level::Note, ..finding("log::debug", "noisy", at(index), "") };
    let hidden = Finding { level: Level::Allow, ..finding("log::trace", "hidden", at(1), "") };
    let report = report(vec![file("a.toml", text, vec![note(0), hidden, note(1), note(2)])]);
    snapshot("one_note_a_rule", &show(&report, &PLAIN));
    assert_eq!(show(&report, &Style { verbose: true, ..PLAIN }).matches("note[").count(), 3);
}

#[test]
fn places_far_and_elsewhere() {
    let text = format!("first = 1\n{}last = [\n  1,\n  2,\n]\n", "# a line\n".repeat(2000));
    let mut near = finding("value::x", "far apart", span(&text, "first"), "here");
    near.labels = vec![
        label(span(&text, "[\n  1,\n  2,\n]"), "and there"),
        Label {
            file: Some("b.toml".into()),
            span: Some(Span::new(0, 3)),
            text: "in another".into(),
        },
        Label { file: Some("ca.pem".into()), span: None, text: "holds a key".into() },
    ];
    near.help = Some("look".into());
    let files = vec![file("a.toml", &*text, vec![near]), file("b.toml", "key = 2\n", vec![])];
    snapshot("places_far_and_elsewhere", &show(&report(files), &PLAIN));
}

#[test]
fn hostile_text() {
    let text = "\u{feff}\tkey = \"\u{202e}\x1b[31mred\u{200b}\"\t# ü漢\n";
    let name = "dir\x1b]0;x\x07/a.toml";
    let value = span(text, "\x1b[31mred");
    let mut bad = finding("value::x", "value `\x1b[2J\n` is odd", value, "\x1b[31m here\nthere");
    bad.labels = vec![label(span(text, "漢"), "wide")];
    bad.notes = vec!["first\u{9b}31m\nsecond".into()];
    bad.fixes = vec![fix("drop it", vec![edit(value, "\x1b[0m")])];
    let report = report(vec![file(name, text, vec![bad])]);
    snapshot("hostile_text", &show(&report, &PLAIN));
    assert!(!closing(&report, &PLAIN).contains('\x1b'));
}

#[test]
fn long_lines_are_cut() {
    let text = format!("key = [\"{}needle{}\"]\n", "x".repeat(500_000), "y".repeat(500_000));
    let at = span(&text, "needle");
    let mut long = finding("value::x", "long", at, "here");
    long.labels = vec![label(Span::new(0, 3), "key"), label(Span::new(0, 900_000), "much")];
    long.fixes = vec![fix("drop it", vec![edit(at, "")])];
    let shown = show(&report(vec![file("a.toml", &*text, vec![long])]), &PLAIN);
    assert!(shown.len() < 4000, "{}", shown.len());
    snapshot("long_lines_are_cut", &shown);
}

#[test]
fn ends_of_files() {
    let cases = [("", 0), ("a = 1", 5), ("a = 1\n", 6), ("a = 1\r\n", 5), ("a = 1\n\n", 6)];
    let files = cases.iter().map(|&(text, at)| {
        let mut end = finding("syntax::x", "unfinished", Span::at(at), "here");
        end.fixes = vec![fix("finish", vec![edit(Span::at(at), "b = 2\n")])];
        file("a.toml", text, vec![end])
    });
    snapshot("ends_of_files", &show(&report(files.collect()), &PLAIN));
}

#[test]
fn closing_lines() {
    let unchecked = |what: &'static str, reason: &'static str| Unchecked {
        what: what.into(),
        reason: reason.into(),
        impact: None,
    };
    let one = |level, applicability| {
        let edits = vec![edit(Span::at(0), "x")];
        let fixes = vec![Fix { title: "".into(), applicability, edits }];
        Finding { level, fixes, ..finding("value::x", "x", Span::at(0), "") }
    };
    let mut first = file(
        "buildkitd.toml",
        "",
        vec![
            one(Level::Deny, Applicability::Safe),
            one(Level::Deny, Applicability::Safe),
            one(Level::Warn, Applicability::Unsafe),
            one(Level::Note, Applicability::Display),
            one(Level::Allow, Applicability::Safe),
        ],
    );
    let reason = "not this machine's file; use --root or --files check";
    first.unchecked = ["/a.pem", "/b.pem", "/c.pem"].map(|path| unchecked(path, reason)).into();
    first.unchecked.extend(["a", "b"].map(|name| unchecked(name, "need --deploy")));
    let refused = FileReport { loads: Verdict::No, ..file("b.toml", "", vec![]) };
    let ends =
        FileReport { starts: Verdict::No, creates: Verdict::No, ..file("c.toml", "", vec![]) };
    let open = FileReport {
        starts: Verdict::Unknown("a certificate was not read".into()),
        unchecked: vec![unchecked("x", "need --deploy")],
        fixed: 1,
        ..file("d.toml", "", vec![])
    };
    let mut report = report(vec![first, refused, ends, open, file("e.toml", "", vec![])]);
    let mut text = closing(&report, &PLAIN) + "-- verbose\n";
    text += &closing(&report, &Style { verbose: true, ..PLAIN });
    report.files.extend(["f.toml", "g.toml"].map(|name| file(name, "", vec![])));
    text = text + "-- many\n" + &closing(&report, &PLAIN);
    snapshot("closing_lines", &text);
}

#[test]
fn a_clean_run_says_nothing() {
    let report = report(vec![file("a.toml", "a = 1\n", vec![])]);
    assert!(is_clean(&report));
    assert_eq!(show(&report, &PLAIN), "");
    assert_eq!(closing(&report, &PLAIN), "");
}

/// A format as a function of report and writer, and whether it is JSON.
type Printer = fn(&Report, &mut Vec<u8>) -> std::io::Result<()>;

const MACHINES: [(&str, bool, Printer); 8] = [
    ("concise", false, |report, out| concise::concise(report, out)),
    ("json", true, |report, out| json::json(report, &serde_json::json!({"deploy": null}), out)),
    ("sarif", true, |report, out| sarif::sarif(report, &rules(), 2, out)),
    ("github", false, |report, out| github::github(report, out)),
    ("gitlab", true, |report, out| gitlab::gitlab(report, out)),
    ("junit", false, |report, out| junit::junit(report, out)),
    ("rdjson", true, |report, out| rdjson::rdjson(report, out)),
    ("markdown", false, |report, out| markdown::markdown(report, out)),
];

fn rules() -> Vec<RuleInfo<'static>> {
    let rule = |id, level, impact| RuleInfo {
        id,
        summary: "A registry host with dots is not quoted.",
        description: "A registry host with dots is not quoted. It is read as two tables.".into(),
        markdown: "# Page\n",
        level,
        configured: Level::Deny,
        impact,
    };
    vec![
        rule("registry::insecure", Level::Warn, Impact::Exposure),
        rule("registry::unquoted_host", Level::Deny, Impact::Ignored),
    ]
}

fn machine(report: &Report, (name, is_json, print): (&str, bool, Printer)) -> String {
    let mut out = Vec::new();
    print(report, &mut out).unwrap();
    if is_json {
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        return serde_json::to_string_pretty(&value).unwrap();
    }
    String::from_utf8(out).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn machine_formats() {
    let mut report = report(voices().into_iter().take(3).collect());
    report.errors.push("b.toml: no such file".into());
    for format in MACHINES {
        snapshot(format.0, &machine(&report, format));
    }
}

/// Before the fault stand a letter of two bytes and one of four, which is two units of UTF-16.
#[test]
fn columns_are_the_consumers() {
    let text = "\"ä𝄞\".b = 1 # |x|\n";
    let mut one = finding("value::x", "`b` is <odd> & \"so\", 100 %: x|y", span(text, "b"), "");
    one.fixes = vec![fix("rename it", vec![edit(span(text, "b"), "c")])];
    let report = report(vec![file("dir/ä, b:c.toml", text, vec![one])]);
    let all = MACHINES.map(|format| format!("-- {}\n{}\n", format.0, machine(&report, format)));
    snapshot("columns", &all.concat());
}

#[test]
fn fingerprints_outlive_moves_and_hide_secrets() {
    let print = |name: &str, text: &str, rule, needle: &str| {
        let mut one = finding(rule, "x", span(text, needle), "");
        one.key = Some("a".into());
        let twice = vec![one.clone(), one];
        fingerprint::fingerprints(&file(name, text, twice))
    };
    let first = print("x/a.toml", "a = 1\n", "value::x", "1");
    assert_ne!(first[0], first[1]);
    assert!(first.iter().all(|print| print.len() == 16));
    assert_eq!(first, print("./x/a.toml", "\n\n a =   1\n", "value::x", "1"));
    assert_ne!(first, print("y/a.toml", "a = 1\n", "value::x", "1"));
    assert_ne!(first, print("x/a.toml", "a = 2\n", "value::x", "2"));
    assert_eq!(
        print("/home/me/a.toml", "a = 1\n", "value::x", "1"),
        print("/srv/ci/a.toml", "a = 1\n", "value::x", "1"),
    );
    assert_eq!(
        print("a.toml", "a = 'one'\n", "secret::x", "'one'"),
        print("a.toml", "a = 'two'\n", "secret::x", "'two'"),
    );
}

#[test]
fn miette_reads_the_same_lines() {
    use ::miette::{Diagnostic as _, SourceCode as _};
    let all = voices();
    let (source, finding) = (&all[3].source, &all[3].findings[0]);
    let diagnostic = miette::Diagnostic::new(finding, source);
    assert_eq!(diagnostic.code().unwrap().to_string(), "mirror::option_on_origin");
    assert_eq!(diagnostic.labels().unwrap().count(), 3);
    let mut text = String::new();
    ::miette::NarratableReportHandler::new().render_report(&mut text, &diagnostic).unwrap();
    snapshot("miette", &text);
    // The same as miette's own reading of strings.
    for (offset, len, before, after) in [(0, 3, 0, 0), (30, 4, 1, 1), (60, 10, 0, 0), (70, 2, 9, 9)]
    {
        let span = (offset, len).into();
        let ours = diagnostic.source_code().unwrap().read_span(&span, before, after).unwrap();
        let theirs = source.text();
        let theirs = theirs.read_span(&span, before, after).unwrap();
        assert_eq!(ours.line(), theirs.line());
        assert_eq!(ours.column(), theirs.column());
        let text = |data| String::from_utf8_lossy(data).trim_end().to_owned();
        assert_eq!(text(ours.data()), text(theirs.data()));
    }
    let owned: ::miette::Report =
        miette::Diagnostic::new(finding.clone(), Source::new("x", Vec::new())).into();
    assert_eq!(owned.to_string(), "`http = true` does not reach the mirror");
}

/// A small generator, so that a failure repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit as u64).max(1)).unwrap()
    }

    fn text(&mut self) -> String {
        let pieces = [
            "a",
            " = ",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "é",
            "漢",
            "𝄞",
            "\u{301}",
            "\u{301}\u{302}",
            "\u{feff}",
            "\u{202e}",
            "\x1b[31m",
            "\0",
            "\u{85}",
            "\u{200d}",
            "👩\u{200d}👧",
            "[x]",
            "\"",
            "\n\n\n",
            "long long ",
            "{",
            "//",
            "   ",
        ];
        let big = self.below(12) == 0;
        let count = self.below(if big { 900 } else { 30 });
        (0..count)
            .map(|_| match self.below(40) {
                0 if big => "z".repeat(self.below(2000)),
                1 if big => "\u{301}".repeat(self.below(2000)),
                2 if big => "\n".repeat(self.below(900)),
                _ => pieces[self.below(pieces.len())].to_owned(),
            })
            .collect()
    }

    fn span(&mut self, len: usize) -> Span {
        let at = |n: usize| u32::try_from(n).unwrap();
        match self.below(8) {
            0 => Span::at(at(len)),
            1 => Span::new(0, at(len)),
            2 => Span::new(at(self.below(len + 9)), u32::MAX),
            3 => Span::new(at(self.below(len + 1)), at(self.below(len + 1))),
            _ => {
                let start = self.below(len + 2);
                Span::new(at(start), at(start + self.below(12)))
            }
        }
    }
}

#[test]
fn nothing_panics_and_nothing_reaches_the_terminal() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..if cfg!(debug_assertions) { 150 } else { 4000 } {
        let text = random.text();
        let mut findings = Vec::new();
        for _ in 0..=random.below(3) {
            let mut one = finding("value::x", "", random.span(text.len()), "");
            one.message = random.text().into();
            one.level = [Level::Deny, Level::Warn, Level::Note, Level::Allow][random.below(4)];
            one.label = random.text().into();
            one.labels =
                (0..random.below(4)).map(|_| label(random.span(text.len()), "there")).collect();
            one.notes = (0..random.below(3)).map(|_| random.text().into()).collect();
            one.help = (random.below(2) == 0).then(|| random.text().into());
            let edits = |random: &mut Random| {
                (0..random.below(4))
                    .map(|_| edit(random.span(text.len()), &random.text()))
                    .collect()
            };
            one.fixes = (0..random.below(3)).map(|_| fix("mend", edits(&mut random))).collect();
            findings.push(one);
        }
        let report = report(vec![file(&random.text(), &*text, findings)]);
        let width = [0, 20, 80, 200][round % 4];
        let style = Style { width, verbose: round % 3 == 0, ..PLAIN };
        let shown = show(&report, &style) + &closing(&report, &style);
        let unsafe_char = shown.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(unsafe_char, None, "round {round}");
        show(&report, &Style { color: true, links: true, ..style });
        for format in MACHINES {
            let (name, is_json, print) = format;
            let mut out = Vec::new();
            print(&report, &mut out).unwrap();
            if is_json {
                serde_json::from_slice::<serde_json::Value>(&out).unwrap();
            }
            let text = String::from_utf8(out).unwrap();
            let control = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(control, None, "round {round}, {name}");
        }
    }
}

#[test]
fn more_than_anybody_reads_is_counted() {
    let text = "a = 1\n".repeat(1500);
    let at = |index: u32| Span::new(6 * index, 6 * index + 1);
    let level = |index| if index < 1490 { Level::Warn } else { Level::Deny };
    let findings = (0..1500)
        .map(|index| Finding { level: level(index), ..finding("x::y", "odd", at(index), "") });
    let report = report(vec![file("a.toml", text, findings.collect())]);
    let shown = show(&report, &PLAIN);
    assert_eq!(shown.matches("[x::y]").count(), 1000);
    let last = shown.lines().last();
    assert_eq!(last, Some("500 more findings, 10 errors among them, are not shown (-v shows all)"));
    assert_eq!(show(&report, &Style { verbose: true, ..PLAIN }).matches("[x::y]").count(), 1500);
}

#[test]
fn every_format_says_what_it_does_not_list() {
    let text = "a = 1\n";
    let one = || Finding { level: Level::Note, ..finding("x::y", "z", span(text, "a"), "") };
    let mut all = report(vec![
        file("a.toml", text, (0..20_000).map(|_| one()).collect()),
        file("b.toml", text, (0..5_002).map(|_| one()).collect()),
    ]);
    all.files[1].findings[5_001].level = Level::Deny;
    all.limit();
    let summary = all.summary();
    assert_eq!((summary.deny, summary.note, summary.omitted), (1, 25_001, 2));
    // The error comes before notes of another file.
    assert_eq!(all.files[1].findings.last().unwrap().level, Level::Deny);

    // Without most of what is listed, since all formats draw it.
    let omitted = all.files[1].omitted;
    let report = report(vec![FileReport { omitted, ..file("b.toml", text, vec![one()]) }]);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let mut print = |print: &dyn Fn(&Report, &mut Vec<u8>) -> std::io::Result<()>| {
        let mut out = Vec::new();
        print(&report, &mut out).unwrap();
        texts.push(out);
    };
    print(&|report, out| concise::concise(report, out));
    print(&|report, out| github::github(report, out));
    print(&|report, out| gitlab::gitlab(report, out));
    print(&|report, out| junit::junit(report, out));
    print(&|report, out| rdjson::rdjson(report, out));
    print(&|report, out| sarif::sarif(report, &[], 1, out));
    for text in texts {
        let text = String::from_utf8(text).unwrap();
        let words = "2 more findings are not listed, of 25000 at most: 2 notes";
        assert!(text.contains(words), "{}", &text[text.len() - 500..]);
    }
    let mut out = Vec::new();
    json::json(&report, &serde_json::Value::Null, &mut out).unwrap();
    let out: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        (&out["summary"]["omitted"], &out["files"][0]["omitted"]["note"]),
        (&2.into(), &2.into())
    );
    let mut out = Vec::new();
    markdown::markdown(&report, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("| yes | 0 | 0 | 3 |"));
    let shown = show(&report, &PLAIN);
    assert!(shown.ends_with("2 more findings are not shown (25000 are the most)\n"), "{shown}");
}
