//! Which configuration counts for a file, and what it comes to.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use bklint::config::find::{Configs, Lookup, PRESETS};
use bklint::levels::{Levels, Wish};
use bklint::report::{FileReport, Finding, Level, SuppressedBy};
use bklint::session::Session;
use bklint::settings::{Deploy, Overlay};
use bklint::source::Source;
use bklint::world::{Memory, Writers};

/// Turns the collection of the cache off: `gc::disabled` warns.
const FILE: &str = "[worker.oci]\n  gc = false\n";

fn world(files: &[(&str, &str)]) -> Memory {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    Memory {
        files: files.collect(),
        cwd: Some("/w".into()),
        now: 1_795_392_000,
        ..Memory::default()
    }
}

fn session<'w>(world: &'w Memory, lookup: Lookup, policy: Option<&str>) -> Session<'w> {
    let (overlay, levels) = (Overlay::default(), Levels::default());
    let policy = policy.map(Path::new);
    Session::configured(Configs::new(world, lookup, policy, overlay, levels).unwrap())
}

fn check(session: &Session<'_>, name: &str) -> FileReport {
    session.check(Source::new(name, FILE.into()))
}

fn level(report: &FileReport) -> Level {
    report.findings.iter().find(|finding| finding.rule == "gc::disabled").unwrap().level
}

#[test]
fn nearer_files_win_up_to_the_root_of_the_work_tree() {
    let world = world(&[
        ("/bklint.toml", "[lints]\n\"gc::*\" = \"deny\"\n"),
        ("/w/.git/HEAD", ""),
        ("/w/bklint.toml", "[deployment]\ndeploy = \"rootless\"\n[lints]\n\"gc::*\" = \"deny\"\n"),
        ("/w/ci/bklint.toml", "[lints]\n\"gc::disabled\" = \"note\"\n"),
        ("/w/sub/.git", "gitdir: elsewhere"),
    ]);
    let session = session(&world, Lookup::Search, None);
    let level = |name| level(&check(&session, name));
    assert_eq!(level("buildkitd.toml"), Level::Deny);
    assert_eq!(level("ci/buildkitd.toml"), Level::Note);
    assert_eq!(level("ci/deep/buildkitd.toml"), Level::Note);
    assert_eq!(level("ci/../x/buildkitd.toml"), Level::Deny);
    assert_eq!(level("sub/buildkitd.toml"), Level::Warn);
    assert_eq!(level("/buildkitd.toml"), Level::Deny, "outside a work tree: beside the file");
    assert_eq!(level("/etc/buildkit/buildkitd.toml"), Level::Warn, "and no further up");
    let resolved = session.configs().resolve("ci/buildkitd.toml");
    assert_eq!(resolved.settings.deploy, Some(Deploy::Rootless));
}

#[test]
fn one_file_or_none() {
    let world = world(&[
        ("/w/bklint.toml", "[lints]\n\"gc::*\" = \"deny\"\n"),
        ("/w/other.toml", "[lints]\n\"gc::*\" = \"note\"\n"),
    ]);
    let level = |lookup| level(&check(&session(&world, lookup, None), "buildkitd.toml"));
    assert_eq!(level(Lookup::Search), Level::Deny);
    assert_eq!(level(Lookup::File("other.toml".into())), Level::Note);
    assert_eq!(level(Lookup::Nothing), Level::Warn);
    let missing = Lookup::File("nosuch.toml".into());
    let configs =
        Configs::new(&world, missing, None, Overlay::default(), Levels::default()).map(|_| ());
    assert_eq!(configs.unwrap_err(), "nosuch.toml: no such file");
}

#[test]
fn overrides_are_for_some_files() {
    let world = world(&[(
        "/w/bklint.toml",
        "[lints]\n\"gc::*\" = \"deny\"\n[[override]]\nfiles = [\"ci/**\"]\n\
         lints = { \"gc::*\" = \"note\" }\ndeployment = { cpus = 4 }\n",
    )]);
    let session = session(&world, Lookup::Search, None);
    // Outside a work tree only the folder of the file counts.
    assert_eq!(level(&check(&session, "ci/buildkitd.toml")), Level::Warn);
    let world = Memory {
        files: world.files.into_iter().chain([("/w/.git/HEAD".into(), Vec::new())]).collect(),
        ..world
    };
    let session = self::session(&world, Lookup::Search, None);
    assert_eq!(level(&check(&session, "ci/buildkitd.toml")), Level::Note);
    assert_eq!(level(&check(&session, "buildkitd.toml")), Level::Deny);
    assert_eq!(session.configs().resolve("ci/x.toml").settings.cpus, Some(4));
    assert_eq!(session.configs().resolve("x.toml").settings.cpus, None);
}

#[test]
fn others_must_not_be_able_to_write_it() {
    let theirs = Writers { owner: Some(7), ..Writers::default() };
    let anybody = Writers { anybody: true, ..Writers::default() };
    for (config, file, level) in [
        (Writers::default(), Writers::default(), Level::Deny),
        (theirs, Writers::default(), Level::Warn),
        (anybody, Writers::default(), Level::Warn),
        // Whoever can write the file can silence what is found in it anyway.
        (theirs, theirs, Level::Deny),
        (Writers::default(), theirs, Level::Deny),
    ] {
        let mut world = world(&[
            ("/w/bklint.toml", "[lints]\n\"gc::*\" = \"deny\"\n"),
            ("/w/buildkitd.toml", FILE),
        ]);
        world.writers =
            [("/w/bklint.toml".into(), config), ("/w/buildkitd.toml".into(), file)].into();
        let session = session(&world, Lookup::Search, None);
        assert_eq!(self::level(&check(&session, "buildkitd.toml")), level, "{config:?} {file:?}");
        assert_eq!(session.configs().notices().is_empty(), level == Level::Deny);
    }
}

#[test]
fn nothing_leads_out_of_the_work_tree() {
    let mut world = world(&[
        ("/w/.git/HEAD", ""),
        ("/w/bklint.toml", "x"),
        ("/w/a/bklint.toml", "preset = \"../../secret.toml\"\n"),
        ("/w/b/bklint.toml", "preset = \"./link.toml\"\n"),
        ("/w/b/link.toml", "x"),
        ("/w/c/bklint.toml", "preset = \"/secret.toml\"\n"),
        ("/w/d/bklint.toml", "preset = \"../e/team.toml\"\n"),
        ("/w/e/team.toml", "preset = \"../d/bklint.toml\"\n"),
        ("/w/f/bklint.toml", "preset = \"../e/good.toml\"\n"),
        ("/w/e/good.toml", "preset = \"strict\"\n"),
        ("/secret.toml", "[lints]\nhush = 1\n"),
    ]);
    world.links = [
        ("/w/bklint.toml".into(), "/secret.toml".into()),
        ("/w/b/link.toml".into(), "/secret.toml".into()),
    ]
    .into();
    let session = session(&world, Lookup::Search, None);
    for folder in ["a", "b", "c", "d", "f"] {
        _ = check(&session, &format!("{folder}/buildkitd.toml"));
    }
    assert_eq!(session.configs().errors(), ["bklint.toml: leads out of its work tree"]);
    let reports = session.layers();
    let lines: Vec<_> = reports
        .iter()
        .flat_map(|report| {
            let name = report.source.name();
            report.findings.iter().map(move |finding| format!("{name}: {}", finding.notes[0]))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "a/bklint.toml: it leads out of this folder",
            "b/bklint.toml: it leads out of this folder",
            "c/bklint.toml: a preset is named relative to the file",
            "e/team.toml: it leads back to itself",
        ]
    );
    assert_eq!(level(&check(&session, "f/buildkitd.toml")), Level::Deny);
}

#[test]
fn presets_are_without_fault() {
    for name in PRESETS.iter().map(|preset| preset.name) {
        let text = format!("preset = \"{name}\"\n");
        let world = world(&[("/w/bklint.toml", &text)]);
        let session = session(&world, Lookup::Search, None);
        let wanted = if name == "recommended" { Level::Warn } else { Level::Deny };
        assert_eq!(level(&check(&session, "buildkitd.toml")), wanted, "{name}");
        let stack = session.configs().stack(Path::new("/w/buildkitd.toml"));
        for layer in &stack.layers {
            assert!(layer.faults.is_empty(), "{name}: {:?}", layer.faults);
        }
    }
}

/// Everything that can set a level, the weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Who {
    Default,
    Preset,
    Config,
    Override,
    CommandLine,
    Inline,
    Policy,
    Forbid,
}

/// The level after two of them have spoken: the stronger asks for `strong`, the weaker for `weak`.
fn outcome(weak: (Who, &str), strong: (Who, &str)) -> Level {
    let said = |from| [weak, strong].into_iter().find(|one| one.0 == from).map(|one| one.1);
    let lints = |level: Option<&str>| {
        level.map_or(String::new(), |level| format!("[lints]\n\"gc::disabled\" = \"{level}\"\n"))
    };
    let mut config = String::from("preset = \"./preset.toml\"\n") + &lints(said(Who::Config));
    if let Some(level) = said(Who::Override) {
        let lints = format!("lints = {{ \"gc::*\" = \"{level}\" }}\n");
        config += "[[override]]\nfiles = [\"*\"]\n";
        config += &lints;
    }
    let world = world(&[
        ("/w/preset.toml", &lints(said(Who::Preset))),
        ("/w/bklint.toml", &config),
        ("/w/policy.toml", &lints(said(Who::Policy))),
    ]);
    let mut levels = Levels::default();
    if let Some(level) = said(Who::CommandLine) {
        levels.push(Wish::parse(level).unwrap(), "gc::disabled").unwrap();
    }
    if said(Who::Forbid).is_some() {
        levels.push(Wish::Forbid, "gc::disabled").unwrap();
    }
    let policy = Path::new("policy.toml");
    let configs =
        Configs::new(&world, Lookup::Search, Some(policy), Overlay::default(), levels).unwrap();
    let text = match said(Who::Inline) {
        Some(_) => FILE.replace("false", "false # bklint: allow(gc::disabled) -- why"),
        None => FILE.to_owned(),
    };
    let session = Session::configured(configs);
    level(&session.check(Source::new("buildkitd.toml", text.into())))
}

#[test]
fn every_source_beats_every_weaker_one() {
    use Who::{CommandLine, Config, Default, Forbid, Inline, Override, Policy, Preset};
    let sources = [Default, Preset, Config, Override, CommandLine, Inline, Policy, Forbid];
    let mut pairs = 0;
    for (at, &strong) in sources.iter().enumerate() {
        for &weak in &sources[..at] {
            // What a comment asks for is silence, what forbids asks for an error.
            let (asked, wanted) = match strong {
                Inline => ("allow", Level::Allow),
                Forbid => ("forbid", Level::Deny),
                Policy => ("deny", Level::Deny),
                _ => ("note", Level::Note),
            };
            let other = match weak {
                Inline => "allow",
                Policy => "note",
                _ if wanted == Level::Deny => "allow",
                _ => "deny",
            };
            assert_eq!(outcome((weak, other), (strong, asked)), wanted, "{weak:?} {strong:?}");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 28);
}

#[test]
fn a_policy_lets_others_ask_for_more() {
    assert_eq!(outcome((Who::Config, "deny"), (Who::Policy, "note")), Level::Deny);
    assert_eq!(outcome((Who::Config, "allow"), (Who::Policy, "note")), Level::Note);
}

#[test]
fn a_comment_survives_what_lifts_warnings() {
    let world = world(&[]);
    let text = FILE.replace("false", "false # bklint: allow(gc::disabled) -- why");
    for (wish, wanted) in [(Wish::Set(Level::Deny), Level::Allow), (Wish::Forbid, Level::Deny)] {
        let mut levels = Levels::default();
        levels.push(wish, "warnings").unwrap();
        let session = Session::new(bklint::settings::Settings::default(), levels, &world);
        let report = session.check(Source::new("x", text.clone().into()));
        assert_eq!(level(&report), wanted, "{wish:?}");
        let finding = report.findings.iter().find(|finding| finding.rule == "gc::disabled");
        let why = &finding.unwrap().suppressed;
        assert_eq!(why.is_some(), wanted == Level::Allow);
        let weakened = report.findings.iter().any(|finding| finding.rule == "bklint::weakened");
        assert_eq!(weakened, wanted == Level::Deny);
    }
}

#[test]
fn what_is_silenced_is_kept_with_its_reason() {
    let world = world(&[(
        "/w/bklint.toml",
        "[lints]\n\"gc::disabled\" = { level = \"allow\", reason = \"no disk\", until = \"2027-01-31\" }\n",
    )]);
    let session = session(&world, Lookup::Search, None);
    let report = check(&session, "buildkitd.toml");
    let finding = report.findings.iter().find(|finding| finding.rule == "gc::disabled").unwrap();
    let (why, level) = finding.suppressed.as_ref().unwrap();
    assert_eq!((why.kind, *level), (SuppressedBy::Config, Level::Warn));
    assert_eq!(why.words(), "silenced by bklint.toml:2 until 2027-01-31: no disk");
    // Also where a comment silences it once more.
    let text = FILE.replace("false", "false # bklint: allow(gc::disabled) -- why");
    let report = session.check(Source::new("buildkitd.toml", text.into()));
    let [finding] = &*report.findings else { panic!("{:?}", report.findings) };
    assert!(finding.suppressed.as_ref().unwrap().0.words().ends_with(": no disk"));
}

/// What lets somebody in is an error for a hardened builder, however common it is elsewhere.
#[test]
fn hardened_denies_every_open_door() {
    use bklint::report::Impact;
    use bklint::rules::RULES;

    let world = world(&[("/w/.git/HEAD", ""), ("/w/bklint.toml", "preset = \"hardened\"\n")]);
    let session = session(&world, Lookup::Search, None);
    let resolved = session.configs().resolve("buildkitd.toml");
    for rule in RULES.iter().filter(|rule| rule.front().impact == Impact::Exposure) {
        assert_eq!(
            resolved.levels.decide(rule.id, rule.front().level, false).level,
            Level::Deny,
            "{}",
            rule.id
        );
    }
}

/// The notes at what `bklint.toml` asks for in vain.
fn weakened(policy: &str, config: &str) -> Vec<String> {
    let world = world(&[
        ("/w/.git/HEAD", ""),
        ("/w/policy.toml", policy),
        ("/w/bklint.toml", config),
        ("/w/ci/bklint.toml", "[lints]\n\"gc::disabled\" = \"forbid\"\n"),
    ]);
    let session = session(&world, Lookup::Search, Some("policy.toml"));
    _ = check(&session, "buildkitd.toml");
    _ = check(&session, "ci/buildkitd.toml");
    let layers = session.layers();
    let findings = layers.iter().flat_map(|report| {
        report.findings.iter().map(|one| (report.source.position(one.span.start).line, one))
    });
    let speaks = |one: &(usize, &Finding)| one.1.level > Level::Allow;
    let weakened = findings.filter(speaks).filter(|(_, one)| one.rule == "bklint::weakened");
    weakened.map(|(line, finding)| format!("{line}: {}", finding.notes[0])).collect()
}

#[test]
fn what_asks_for_less_than_what_holds_is_a_finding() {
    let by_policy = "2: its level is set for good by policy.toml:2";
    let own = "[[policy.rule]]\nid = \"corp::a\"\nkey = \"debug\"\nmust = { \".\" = false }\n";
    for (policy, asked, found) in [
        ("[lints]\n\"gc::*\" = \"deny\"\n", "\"gc::disabled\" = \"warn\"", by_policy),
        ("[lints]\n\"gc::*\" = \"deny\"\n", "warnings = \"note\"", by_policy),
        ("[lints]\nwarnings = \"deny\"\n", "\"gc::disabled\" = \"allow\"", by_policy),
        ("[lints]\nwarnings = \"deny\"\n", "pedantic = \"warn\"", ""),
        ("[lints]\nwarnings = \"deny\"\n", "\"gc::disabled\" = \"deny\"", ""),
        ("[lints]\n\"gc::*\" = \"warn\"\n", "\"gc::disabled\" = \"deny\"", ""),
        ("[policy.mirrors]\nallow = []\n", "\"policy::*\" = \"note\"", by_policy),
        ("[policy.key-mode]\nmax = \"0600\"\n", "\"policy::key_mode\" = \"allow\"", by_policy),
        (own, "\"corp::a\" = \"warn\"", "2: its level is set for good by policy.toml:3"),
        (own, "\"corp::a\" = \"forbid\"", ""),
        (
            "",
            &format!("\"corp::a\" = \"warn\"\n{own}level = \"forbid\"\n"),
            "2: its level is set for good by bklint.toml:5",
        ),
        // Nor can that finding be silenced.
        (
            "[lints]\n\"gc::*\" = \"deny\"\n",
            "\"gc::disabled\" = \"warn\"\n\"bklint::*\" = \"allow\"",
            by_policy,
        ),
        // Who stands later wins, so nothing is weakened by what comes before.
        ("", "\"gc::*\" = \"note\"\n\"gc::disabled\" = \"forbid\"", ""),
        (
            "",
            "\"gc::*\" = \"note\"\n[[override]]\nfiles = [\"*\"]\nlints = { \"gc::*\" = \"forbid\" }",
            "",
        ),
        (
            "",
            "\"gc::*\" = \"forbid\"\n\"gc::disabled\" = \"allow\"",
            "3: its level is set for good by bklint.toml:2",
        ),
        (
            "",
            "warnings = \"forbid\"\n\"gc::disabled\" = \"allow\"",
            "3: its level is set for good by bklint.toml:2",
        ),
    ] {
        let found: Vec<_> = Some(found).filter(|found| !found.is_empty()).into_iter().collect();
        assert_eq!(weakened(policy, &format!("[lints]\n{asked}\n")), found, "{policy}{asked}");
    }
}

#[test]
fn a_mistake_is_one_finding_at_its_place() {
    let rule = "[[policy.rule]]\nid = \"corp::a\"\nkey = \"debug\"\nmust = { \".\" = true }\n";
    for (config, place, message) in [
        ("[[override]]\nlints = {}\n", "[[override]]", "`override.files`: it names no files"),
        ("[[override]]\nfiles = []\n", "[]", "`override.files`: it names no files"),
        ("exclude = [\"\"]\n", "\"\"", "`exclude` cannot be `\"\"`"),
        (
            "[lints]\n\"gc::disabled\" = { reason = \"x\" }\n",
            "{ reason = \"x\" }",
            "`lints.\"gc::disabled\"`: it says no level",
        ),
        ("[lints]\ngc.disabled = \"allow\"\n", "gc", "`gc` is not a rule"),
        ("[lints.gc]\ndisabled = 1\n", "gc", "`gc` is not a rule"),
        (&rule.repeat(2), "\"corp::a\"", "`corp::a` is the id of another rule, too"),
    ] {
        let world = world(&[("/w/bklint.toml", config)]);
        let session = session(&world, Lookup::Search, None);
        _ = check(&session, "buildkitd.toml");
        let layers = session.layers();
        let [report] = &*layers else { panic!("{config}: {layers:?}") };
        let [finding] = &*report.findings else { panic!("{config}: {:?}", report.findings) };
        assert_eq!((report.source.slice(finding.span), &*finding.message), (place, message));
    }
}

#[test]
fn a_rule_that_was_meant_is_written_as_a_key() {
    for (written, meant) in [("gc", "\"gc::*\""), ("\"gc\"", "\"gc::*\""), ("warning", "warnings")]
    {
        let world = world(&[("/w/bklint.toml", &format!("[lints]\n{written} = \"deny\"\n"))]);
        let session = session(&world, Lookup::Search, None);
        _ = check(&session, "buildkitd.toml");
        let layers = session.layers();
        assert_eq!(layers[0].findings[0].fixes[0].edits[0].text, meant, "{written}");
    }
}

#[test]
fn what_is_wrong_with_a_preset_is_said_of_the_preset() {
    let team = "[policy.bind]\nallow = [\"a:80\"]\n[lints]\n\"gc::*\" = \"forbid\"\n";
    let config = "preset = \"./team.toml\"\n[lints]\n\"gc::disabled\" = \"note\"\n";
    let world = world(&[("/w/team.toml", team), ("/w/bklint.toml", config)]);
    let session = session(&world, Lookup::Search, None);
    _ = check(&session, "buildkitd.toml");
    let layers = session.layers();
    let found = layers.iter().flat_map(|report| {
        report.findings.iter().map(|finding| {
            (report.source.name(), report.source.slice(finding.span), &*finding.rule)
        })
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            ("bklint.toml", "\"gc::disabled\"", "bklint::weakened"),
            ("team.toml", "allow = [\"a:80\"]", "bklint::policy_condition"),
        ]
    );
}

#[test]
fn what_the_command_line_asks_for_in_vain_is_told() {
    let world = world(&[("/w/policy.toml", "[lints]\n\"gc::*\" = \"deny\"\n")]);
    let by_policy = "the command line does not lower the level of `gc::disabled`, set for good by \
                     policy.toml:2";
    for (wish, selector, said) in [
        (Wish::Set(Level::Allow), "gc::disabled", Some(by_policy)),
        (Wish::Set(Level::Deny), "gc::disabled", None),
        (Wish::Forbid, "gc::disabled", None),
        (Wish::Set(Level::Allow), "mirror::*", None),
    ] {
        let mut levels = Levels::default();
        levels.push(wish, selector).unwrap();
        let policy = Path::new("policy.toml");
        let configs =
            Configs::new(&world, Lookup::Search, Some(policy), Overlay::default(), levels).unwrap();
        let session = Session::configured(configs);
        assert_eq!(level(&check(&session, "buildkitd.toml")), Level::Deny);
        let notices = session.configs().notices();
        assert_eq!(notices, said.into_iter().collect::<Vec<_>>(), "{wish:?} {selector}");
    }
}
