//! Policies: the examples, the wishes of the documentation, and rules of an organisation's own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;

use bklint::config::find::{Configs, Lookup};
use bklint::levels::Levels;
use bklint::page;
use bklint::report::{FileReport, Impact, Level};
use bklint::session::Session;
use bklint::settings::Overlay;
use bklint::source::Source;
use bklint::world::Memory;

const HOME: &str = env!("CARGO_MANIFEST_DIR");

fn world(config: &str) -> Memory {
    Memory {
        files: [("/w/bklint.toml".into(), config.into())].into(),
        cwd: Some("/w".into()),
        ..Memory::default()
    }
}

/// What a configuration says about a file, and what is wrong with the configuration.
fn check(config: &str, text: &str) -> (FileReport, Vec<FileReport>) {
    let world = world(config);
    let (overlay, levels) = (Overlay::default(), Levels::default());
    let configs = Configs::new(&world, Lookup::Search, None, overlay, levels).unwrap();
    let session = Session::configured(configs);
    let report = session.check(Source::new("buildkitd.toml", text.into()));
    (report, session.layers())
}

/// The labels and notes at what policies find.
fn words(config: &str, text: &str) -> Vec<String> {
    let (report, _) = check(config, text);
    let policy = report.findings.iter().filter(|finding| finding.impact == Impact::Policy);
    let words = policy.map(|finding| {
        let notes: Vec<_> = finding.notes.iter().map(|note| format!(" ({note})")).collect();
        format!("{}: {}{}", finding.message, finding.label, notes.concat())
    });
    words.collect()
}

/// What policies cannot decide.
fn undecided(config: &str, text: &str) -> Vec<String> {
    let (report, own) = check(config, text);
    assert!(own.is_empty(), "{config}");
    let open = report.unchecked.into_iter().filter(|one| one.what.contains(" on `"));
    open.map(|one| format!("{}: {}", one.what, one.reason)).collect()
}

/// The keys at which policies are broken.
fn broken(config: &str, text: &str) -> Vec<String> {
    let (report, own) = check(config, text);
    let own: Vec<_> = own.iter().flat_map(|report| &report.findings).collect();
    assert!(own.is_empty(), "{config}: {own:?}");
    let policy = report.findings.iter().filter(|finding| finding.impact == Impact::Policy);
    policy.map(|finding| finding.key.clone().unwrap()).collect()
}

#[test]
fn the_examples_pass_their_own_tests() {
    for name in ["bank", "platform", "shop"] {
        let folder = Path::new("examples/policies").join(name);
        let output = Command::new(env!("CARGO_BIN_EXE_bklint"))
            .args(["policy", "test"])
            .arg(&folder)
            .current_dir(HOME)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {text}");
        assert!(text.ends_with(" 0 wrong\n"), "{name}: {text}");
    }
}

#[test]
fn each_example_of_the_documentation_catches_what_it_says() {
    let text = std::fs::read_to_string(Path::new(HOME).join("docs/policies.md")).unwrap();
    let fences: Vec<_> = page::fences(&text).filter(|fence| fence.has("toml")).collect();
    assert_eq!(fences.len(), 2 * (25 + 1));
    for pair in fences.chunks(2) {
        assert!(pair[0].has("config") && pair[1].has("bad"));
        let (config, bad) = (pair[0].text, pair[1].text);
        assert!(!broken(config, bad).is_empty(), "{config}\nmisses\n{bad}");
    }
}

fn rule(key: &str, rest: &str) -> String {
    format!("[[policy.rule]]\nid = \"corp::rule\"\nkey = '{key}'\n{rest}\n")
}

#[test]
fn values_are_compared_as_they_count() {
    let quay = rule("registry.*.mirrors[each]", "must = { \":host\" = \"quay.io\" }");
    let mirrors = |list: &str| format!("[registry.\"docker.io\"]\nmirrors = [{list}]\n");
    let first = "registry.\"docker.io\".mirrors[0]";
    assert!(broken(&quay, &mirrors("\"https://quay.io\", \"quay.io:443/x\"")).is_empty());
    assert_eq!(broken(&quay, &mirrors("\"quay.io.evil.example\"")), [first]);
    let deny = rule("registry.*.mirrors[each]", "must = { \".\" = { unlike = \"quay.io\" } }");
    assert_eq!(broken(&deny, &mirrors("\"https://quay.io\"")), [first]);
    assert_eq!(broken(&deny, &mirrors("\"http://user@quay.io/v2\"")), [first]);

    for same in ["quay.io.", "QUAY.io:443", "quay.io.:443/x"] {
        assert_eq!(broken(&deny, &mirrors(&format!("\"{same}\""))), [first], "{same}");
    }

    let bounded = rule("worker.used", "must = { max-parallelism = { max = 8 } }");
    assert_eq!(broken(&bounded, ""), ["worker.oci.max-parallelism"]);
    assert!(broken(&bounded, "[worker.oci]\nmax-parallelism = 8\n").is_empty());
    let other = "[worker.oci]\nenabled = false\n[worker.containerd]\nmax-parallelism = 9\n";
    assert_eq!(broken(&bounded, other), ["worker.containerd.max-parallelism"]);
}

#[test]
fn indices_choose_elements() {
    let text = "[registry.\"docker.io\"]\nmirrors = [\"a.example\", \"b.example\"]\n";
    let key = |index: &str| format!("registry.\"docker.io\".mirrors[{index}]");
    let is_a = "must = { \".\" = \"a.example\" }";
    for (index, places) in [("first", 0), ("last", 1), ("each", 1), ("any", 0)] {
        assert_eq!(broken(&rule(&key(index), is_a), text).len(), places, "{index}");
    }
    // What is not there is not the first one either, while all of none is fine.
    for (index, places) in [("first", 1), ("last", 1), ("each", 0), ("any", 1)] {
        assert_eq!(broken(&rule(&key(index), is_a), "").len(), places, "{index}");
    }
    // One has to fit for each registry, and that none does is one fault.
    let any = rule("registry.*.mirrors[any]", "must = { \".\" = { one-of = [\"c\", \"d\"] } }");
    assert_eq!(broken(&any, text), ["registry.\"docker.io\".mirrors[any]"]);
    let two = format!("{text}[registry.x]\nmirrors = [\"c\", \"a\"]\n[registry.y]\nhttp = true\n");
    assert_eq!(
        broken(&any, &two),
        ["registry.\"docker.io\".mirrors[any]", "registry.y.mirrors[any]"]
    );
    let some = rule(
        "grpc.address[any]",
        "when = { \":scheme\" = \"tcp\" }\nmust = { \":port\" = \"1234\" }",
    );
    assert!(broken(&some, "").is_empty());
    let ports = |list: &str| broken(&some, &format!("[grpc]\naddress = [{list}]\n"));
    assert!(ports("\"unix:///x\"").is_empty());
    assert!(ports("\"tcp://a:1\", \"tcp://a:1234\"").is_empty());
    assert_eq!(ports("\"tcp://a:1\", \"tcp://a:2\""), ["grpc.address[any]:port"]);
    let any = rule("registry.\"docker.io\"", "must = { \"mirrors[any]\" = \"a.example\" }");
    assert!(broken(&any, text).is_empty());
    assert_eq!(broken(&any, "").len(), 1);
}

#[test]
fn conditions_and_cases() {
    let tls = rule(
        "grpc",
        "when = { \"address[any]:scheme\" = \"tcp\" }\n\
         must = { \"tls.ca\" = { set = true }, \"tls.cert\" = { set = true } }",
    );
    assert!(broken(&tls, "").is_empty());
    let listens = "[grpc]\naddress = [\"unix:///x\", \"tcp://[::1]:1\"]\n";
    // What one table lacks is one fault.
    assert_eq!(broken(&tls, listens), ["grpc.tls.ca"]);
    assert_eq!(
        words(&tls, listens),
        ["`grpc.tls.ca` and `grpc.tls.cert` must be set: not set here"]
    );
    let bare =
        rule("log", "must = { format = \"json\", level = { one-of = [\"warn\", \"error\"] } }");
    assert_eq!(
        words(&bare, ""),
        [
            "`log.format` must be `json`, and `log.level` must be one of `warn`, `error`: `format` is \
          not set, so it is `text`; `level` is not set, so it is `info`"
        ]
    );
    let first = rule("registry.x.mirrors[first]", "must = { \":port\" = \"1\" }");
    for (text, label) in [
        ("[registry.x]\n", "not set here"),
        ("[registry.x]\nmirrors = [\"y\"]\n", "has no such part"),
    ] {
        let words = words(&first, text);
        assert!(words.len() == 1 && words[0].ends_with(label), "{words:?}");
    }
    let keys = "[policy.keys]\nrequired = [\"root\", \"grpc.tls.ca\", \"grpc.tls.key\"]\n";
    assert_eq!(
        words(keys, "[grpc.tls]\ncert = \"/c\"\n"),
        [
            "`root` must be set: not set, so it is `/var/lib/buildkit`",
            "`grpc.tls.ca` and `grpc.tls.key` must be set: not set here"
        ]
    );
    let either = rule(
        "log",
        "when = { any = [{ level = \"debug\" }, { level = \"trace\" }] }\nmust = { format = \"json\" }",
    );
    assert!(broken(&either, "[log]\nlevel = \"info\"\n").is_empty());
    assert_eq!(broken(&either, "[log]\nlevel = \"trace\"\n"), ["log.format"]);
    let lists = rule("registry.x", "must = { mirrors = { one-of = [[\"a\", \"b\"], [\"c\"]] } }");
    for (mirrors, found) in [("\"c\"", 0), ("\"a\", \"b\"", 0), ("\"b\", \"a\"", 1), ("\"a\"", 1)] {
        let text = format!("[registry.x]\nmirrors = [{mirrors}]\n");
        assert_eq!(broken(&lists, &text).len(), found, "{mirrors}");
    }
    let unique = rule("registry.*", "must = { mirrors = { unique = true } }");
    let twice = "[registry.x]\nmirrors = [\"a\", \"b\", \"a\"]\n";
    assert_eq!(broken(&unique, twice), ["registry.x.mirrors"]);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let config = rule("worker.oci", "must = { maxUsedSpace = { max = \"200GB\" } }");
    let share = "[worker.oci]\nmaxUsedSpace = \"50%\"\n";
    assert!(broken(&config, share).is_empty());
    let sort = "what it is compared with is of another sort";
    assert_eq!(
        undecided(&config, share),
        [format!("corp::rule on `worker.oci.maxUsedSpace`: {sort}")]
    );
    assert_eq!(
        undecided("[policy.gc]\nmax-used = \"200GB\"\n", share),
        [format!("policy::gc on `worker.oci.maxUsedSpace`: {sort}")]
    );
    let any = rule("worker.oci.gcpolicy[any]", "must = { maxUsedSpace = { max = \"200GB\" } }");
    let tiers = "[[worker.oci.gcpolicy]]\nmaxUsedSpace = \"50%\"\n\
                 [[worker.oci.gcpolicy]]\nmaxUsedSpace = \"300GB\"\n";
    assert!(broken(&any, tiers).is_empty());
    assert_eq!(
        undecided(&any, tiers),
        [format!("corp::rule on `worker.oci.gcpolicy[any]`: {sort}")]
    );
    let when =
        rule("worker.oci", "when = { maxUsedSpace = { min = \"1GB\" } }\nmust = { gc = false }");
    assert_eq!(undecided(&when, share), [format!("corp::rule on `worker.oci`: {sort}")]);
    // What buildkitd detects is below both of its bounds.
    assert!(broken(&config, "").is_empty() && undecided(&config, "").is_empty());
    // The share that stays free is the same on every disk.
    let free = rule("worker.oci", "must = { minFreeSpace = { min = \"25%\" } }");
    assert_eq!(broken(&free, ""), ["worker.oci.minFreeSpace"]);
}

#[test]
fn built_in_rules_of_collection_count() {
    let last = rule(
        "worker.used.gcpolicy[last]",
        "must = { all = true, keepDuration = { set = false }, maxUsedSpace = { max = \"200GB\" } }",
    );
    assert!(broken(&last, "").is_empty());
    let limited = "[worker.oci]\nmaxUsedSpace = \"300GB\"\n";
    assert_eq!(
        words(&last, limited),
        [
            "`worker.oci.gcpolicy[3].maxUsedSpace` must be at most `200GB`: rule 4 of 4 that buildkitd \
          has built in: 300 GiB"
        ]
    );
    assert_eq!(broken(&last, "[worker.oci]\nminFreeSpace = \"10%\"\n").len(), 1);
    assert_eq!(words(&last, "[worker.oci]\ngc = false\n").len(), 1);
    assert!(words(&last, "[worker.oci]\ngc = false\n")[0].ends_with("garbage collection is off"));
    // The rules of the file are not in force where nothing is collected.
    let off =
        "[worker.oci]\ngc = false\n[[worker.oci.gcpolicy]]\nall = true\nmaxUsedSpace = \"1GB\"\n";
    assert_eq!(broken(&last, off).len(), 1);
    for (key, must, found) in [
        ("worker.used.gcpolicy[first]", "filters = { set = true }", 0),
        ("worker.used.gcpolicy[first]", "keepDuration = { max = \"24h\" }", 1),
        ("worker.used.gcpolicy[each]", "keepDuration = { max = \"1440h\" }", 0),
        ("worker.used.gcpolicy[each]", "all = true", 3),
        ("worker.used.gcpolicy[any]", "all = true", 0),
        ("worker.used.gcpolicy[any]", "minFreeSpace = { min = \"30%\" }", 1),
        ("worker.used.gcpolicy[each].filters[each]", "\".\" = { like = \"type==**\" }", 0),
    ] {
        let config = rule(key, &format!("must = {{ {must} }}"));
        assert_eq!(broken(&config, "").len(), found, "{key} {must}: {:?}", words(&config, ""));
    }
    let old = rule("worker.used.gcpolicy[last]", "must = { reservedSpace = { max = \"10GB\" } }");
    assert_eq!(broken(&old, "[[worker.oci.gcpolicy]]\nkeepBytes = 20000000000\n").len(), 1);
    assert_eq!(broken(&old, "[worker.oci]\ngckeepstorage = 20000000000\n").len(), 1);
}

#[test]
fn the_ceiling_is_that_of_the_rules_in_force() {
    let config = "[policy.gc]\nrequired = true\nmax-used = \"200GB\"\n";
    let tier = "[[worker.oci.gcpolicy]]\n";
    let ceiling = format!("{tier}all = true\nmaxUsedSpace = \"100GB\"\n");
    let files = format!("{tier}keepDuration = \"48h\"\n{ceiling}");
    for good in [
        "",
        "[worker.oci]\nreservedSpace = \"50GB\"\n",
        &ceiling,
        &files,
        // A limit of the worker counts for nothing beside rules.
        &format!("[worker.oci]\nmaxUsedSpace = \"1TB\"\n{ceiling}"),
        &format!("{tier}keepBytes = 1000000\n"),
    ] {
        assert_eq!(words(config, good), [""; 0], "{good}");
    }
    for (bad, says) in [
        ("[worker.oci]\ngc = false\n".to_owned(), "garbage collection is off, expected on: off"),
        (
            "[worker.oci]\nminFreeSpace = \"10%\"\n".to_owned(),
            "`worker.oci.maxUsedSpace` is not set, expected at most 200 GiB: buildkitd's default",
        ),
        (
            format!("[worker.oci]\nmaxUsedSpace = \"1GB\"\n{tier}maxUsedSpace = \"201GB\"\n"),
            "`worker.oci.gcpolicy[0].maxUsedSpace` is 201 GiB, expected at most 200 GiB: is 201 GiB",
        ),
        (
            format!("{tier}keepDuration = \"48h\"\nmaxUsedSpace = \"1GB\"\n"),
            "no rule bounds the whole cache, expected at most 200 GiB: the last one is about some \
          records only",
        ),
        (
            format!("{tier}maxUsedSpace = \"1GB\"\nreservedSpace = \"300GB\"\n"),
            "`worker.oci.gcpolicy[0].maxUsedSpace` is 300 GiB, expected at most 200 GiB: is 300 GiB",
        ),
    ] {
        let found = words(config, &bad);
        assert!(found.len() == 1 && found[0].starts_with(says), "{bad}: {found:?}");
    }
    let least = "[policy.gc]\nmin-used = \"10GB\"\nmin-free = \"10%\"\nmax-reserved = \"1GB\"\n";
    assert_eq!(
        broken(least, "[worker.oci]\nmaxUsedSpace = \"5GB\"\n"),
        ["worker.oci.minFreeSpace", "worker.oci.maxUsedSpace"]
    );
    assert!(broken(least, "[worker.oci]\nminFreeSpace = \"15%\"\n").is_empty());
}

#[test]
fn flags_count_and_are_named() {
    let flags =
        |args: &str, config: &str| format!("[deployment]\ndaemon-args = [\"{args}\"]\n{config}");
    let net = "[policy.network-mode]\nallow = [\"cni\", \"bridge\", \"auto\"]\n";
    assert_eq!(
        words(&flags("--oci-worker-net=host", net), "[worker.oci]\nnetworkMode = \"cni\"\n"),
        ["`worker.oci.networkMode` must be one of `cni`, `bridge`, `auto`: is `host`, by \
          --oci-worker-net=host"]
    );
    let other = "[worker.containerd]\nnetworkMode = \"host\"\n";
    assert!(broken(net, other).is_empty());
    for args in ["--oci-worker=false", "--containerd-worker=true"] {
        let found = words(&flags(args, net), other);
        assert_eq!(found.len(), 1, "{args}");
        let note = format!("(builds run on this worker by the flag {args})");
        assert!(found[0].ends_with(&note), "{found:?}");
    }
    let off = "[worker.containerd]\nenabled = true\nnetworkMode = \"host\"\n";
    assert!(broken(&flags("--containerd-worker=false", net), off).is_empty());
    let gc = "[policy.gc]\nrequired = true\nmax-used = \"200GB\"\n";
    assert_eq!(
        words(&flags("--oci-worker-gc=false", gc), "[worker.oci]\ngc = true\n"),
        [
            "garbage collection is off, expected on: off by --oci-worker-gc=false (the cache grows until \
          the disk is full)"
        ]
    );
    assert!(broken(&flags("--oci-worker-gc-keepstorage=1000,,2000", gc), "").is_empty());
    assert_eq!(
        words(&flags("--oci-worker-gc-keepstorage=1000,,300000", gc), ""),
        ["`worker.oci.maxUsedSpace` is 300 GB, expected at most 200 GiB: by \
          --oci-worker-gc-keepstorage=1000,,300000"]
    );
}

#[test]
fn a_file_that_says_nothing_is_judged_by_the_flags_it_gets() {
    let config = "[deployment]\ndeploy = \"buildx-container\"\n[policy.entitlements]\nallow = []\n";
    // buildx adds a flag unless the file lists what it stands for.
    for (text, by) in [
        ("", ", by --allow-insecure-entitlement=network.host"),
        ("debug = true\n", ", by --allow-insecure-entitlement=network.host"),
        ("insecure-entitlements = [\"network.host\"]\n", ""),
    ] {
        let found = words(config, text);
        let end = format!("is `network.host`{by}");
        assert!(found.len() == 1 && found[0].ends_with(&end), "{text}: {found:?}");
    }
    let none = config.replace("[]", "[\"network.host\"]");
    assert!(broken(&none, "").is_empty());
    assert_eq!(broken(&none, "insecure-entitlements = [\"network.host\", \"device\"]\n").len(), 1);
    assert_eq!(broken("[policy.log]\nlevels = [\"info\"]\n", "trace = true\n"), ["log.level"]);
}

#[test]
fn policies_are_read_as_values_are() {
    let mirrors = |list: &str| format!("[registry.\"docker.io\"]\nmirrors = [{list}]\n");
    let first = "registry.\"docker.io\".mirrors[0]";
    let key = "registry.*.mirrors[each]";
    for (must, text) in [
        ("\".\" = { not-one-of = [\"https://quay.io\"] }", "\"quay.io\""),
        ("\".\" = { not-one-of = [\"Quay.IO.\"] }", "\"https://quay.io/\""),
        ("\":host\" = { not-one-of = [\"https://QUAY.io\"] }", "\"quay.io:443/x\""),
        ("\":host\" = { unlike = \"https://*.io\" }", "\"Quay.io\""),
        ("\".\" = { unlike = \"http://quay.io/\" }", "\"quay.io/x\""),
        ("\":path\" = { not-one-of = [\"/hub/\"] }", "\"quay.io/hub\""),
        ("\":scheme\" = { not-one-of = [\"HTTPS://\"] }", "\"quay.io\""),
    ] {
        let config = rule(key, &format!("must = {{ {must} }}"));
        assert_eq!(broken(&config, &mirrors(text)), [first], "{must}");
    }
    for (config, text) in [
        ("[policy.mirrors]\nallow = [\"https://Harbor.example/hub\"]\n", mirrors("\"harbor.example/hub\"")),
        ("[policy.plain-http]\nallow = [\"http://LAB.example\"]\n", "[registry.\"lab.example:5000\"]\nhttp = true\n".into()),
        ("[policy.required-mirrors]\n\"docker.io\" = [\"https://H.example/x/\"]\n", mirrors("\"h.example/x\"")),
        ("[policy.gateway]\nallow = [\"docker/dockerfile\", \"acme/*\"]\n",
         "[frontend.\"gateway.v0\"]\nallowedRepositories = [\"docker/dockerfile\", \"acme/x\"]\n".into()),
        ("[policy.platforms]\nallow = [\"linux/x86_64\", \"linux/arm64\"]\n",
         "[worker.oci]\nplatforms = [\"linux/amd64\", \"linux/arm64/v8\", \"linux/AARCH64\"]\n".into()),
        ("[policy.log]\nlevels = [\"WARNING\"]\n", "[log]\nlevel = \"Warn\"\n".into()),
        ("[policy.bind]\nallow = [\"[::1]\"]\n", "[grpc]\naddress = [\"tcp://[0:0::1]:1\"]\n".into()),
    ] {
        assert_eq!(words(config, &text), [""; 0], "{config}");
    }
    let wild = "[policy.bind]\nwildcard = false\n";
    for host in ["[0:0:0:0::0]", "[::ffff:0.0.0.0]", "0.0.0.0", ""] {
        let text = format!("[grpc]\naddress = [\"tcp://{host}:1\"]\n");
        assert_eq!(broken(wild, &text), ["grpc.address[0]"], "{host}");
    }
}

#[test]
fn what_policies_cannot_see_is_told() {
    let release = "[policy.release]\nmin = \"0.17\"\n";
    assert_eq!(
        undecided(release, ""),
        ["policy::release on `buildkit`: needs --buildkit, or `[deployment]`"]
    );
    let said = format!("[deployment]\nbuildkit = \"0.17\"\n{release}");
    assert!(undecided(&said, "").is_empty());
    let image = "[deployment]\ndeploy = \"buildx-container\"\n\
                 buildx-args = [\"--driver-opt image=moby/buildkit:v0.12.0\"]\n";
    let (report, _) = check(&format!("{image}{release}"), "");
    let found = report.findings.iter().find(|finding| finding.rule == "policy::release").unwrap();
    assert_eq!(found.message, "release is v0.12, expected v0.17 or newer");

    let tls = "[grpc]\naddress = [\"tcp://0.0.0.0:1\"]\ntls = { cert = \"/c\", key = \"/k\" }\n";
    let elsewhere = "not this machine's file";
    assert_eq!(
        undecided("[policy.key-mode]\nmax = \"600\"\n", tls),
        [format!("policy::key_mode on `grpc.tls.key`: {elsewhere}")]
    );
    let strength = "[policy.key-strength]\nallow = []\n";
    assert_eq!(
        undecided(strength, tls),
        [format!("policy::key_strength on `grpc.tls.cert`: {elsewhere}")]
    );
    let flag = "[deployment]\ndaemon-args = [\"--tlscert=/x\"]\n";
    assert_eq!(
        undecided(&format!("{flag}{strength}"), tls),
        ["policy::key_strength on `grpc.tls.cert`: the file of --tlscert=/x is not looked at"]
    );
    let copy = "[deployment]\nroot = \"root\"\n[policy.key-mode]\nmax = \"0\"\n";
    let mut world = world(copy);
    world.files.insert("/w/root/k".into(), Vec::new());
    let configs = Configs::new(&world, Lookup::Search, None, Overlay::default(), Levels::default());
    let session = Session::configured(configs.unwrap());
    let report = session.check(Source::new("buildkitd.toml", tls.into()));
    assert!(report.unchecked.iter().any(|one| one.reason == "only a copy of it was looked at"));
}

#[test]
fn bad_policies_do_not_pass_silently() {
    for (config, rules) in [
        (rule("registry.*.mirror", "must = { \".\" = \"x\" }"), "bklint::policy_key"),
        (rule("grpc", "must = { adress = { set = true } }"), "bklint::policy_key"),
        (rule("debug", "must = { \".\" = \"x\" }"), "bklint::policy_condition"),
        (rule("debug", "must = { \".\" = { like = \"x\" } }"), "bklint::policy_condition"),
        (rule("debug", "must = {}"), "bklint::policy_condition"),
        (
            rule("worker.oci", "must = { maxUsedSpace = { min = \"2GB\", max = \"1GB\" } }"),
            "bklint::policy_condition",
        ),
        (
            rule("log", "must = { level = { set = false, like = \"x\" } }"),
            "bklint::policy_condition",
        ),
        (rule("log", "musst = {}"), "bklint::policy_rule"),
        ("[policy.keys]\nrequired = [\"grpc.adress\"]\n".to_owned(), "bklint::policy_key"),
        ("[policy.mirors]\nallow = []\n".to_owned(), "bklint::config_key"),
        (rule("registry.\"Docker.IO\"", "must = { http = false }"), "bklint::policy_key"),
        (
            rule("log.level", "must = { \".\" = { one-of = [\"loud\"] } }"),
            "bklint::policy_condition",
        ),
        (rule("registry.*", "must = { \":host\" = \"quay.io:443\" }"), "bklint::policy_condition"),
        (
            rule("registry.*", "must = { \":host\" = { like = \"quay.io/x\" } }"),
            "bklint::policy_condition",
        ),
        (
            rule("grpc.address[each]", "must = { \":scheme\" = \"https\" }"),
            "bklint::policy_condition",
        ),
        (rule("grpc.address[each]", "must = { \":port\" = \"http\" }"), "bklint::policy_condition"),
        (rule("debug", "must = { \":host\" = \"x\" }"), "bklint::policy_key"),
        (
            rule("registry.*.mirrors[each]", "must = { \".\" = { unlike = \"\" } }"),
            "bklint::policy_condition",
        ),
        ("[policy.entitlements]\nallow = [\"network\"]\n".to_owned(), "bklint::policy_condition"),
        (
            "[policy.gc]\nmin-used = \"2GB\"\nmax-used = \"1GB\"\n".to_owned(),
            "bklint::policy_condition",
        ),
        ("[policy.gc]\nmax-free = 1\n".to_owned(), "bklint::config_key"),
        (
            "[policy.history]\nmin-age = \"2h\"\nmax-age = 60\n".to_owned(),
            "bklint::policy_condition",
        ),
        ("[policy.parallelism]\nmin = 8\nmax = 2\n".to_owned(), "bklint::policy_condition"),
        (
            "[policy.certificate-lifetime]\nmin-days-left = 8\nmax-days = 2\n".to_owned(),
            "bklint::policy_condition",
        ),
        (
            "[policy.keys]\nrequired = [\"root\", \"debug\"]\nforbidden = [\"debug\"]\n".to_owned(),
            "bklint::policy_condition",
        ),
        (rule("root:host", "must = { \".\" = \"x\" }"), "bklint::policy_key"),
        (rule("grpc", "when = { any = [] }\nmust = { uid = 1 }"), "bklint::policy_condition"),
        (rule("grpc", "when = { all = [{}] }\nmust = { uid = 1 }"), "bklint::policy_condition"),
        (
            rule("grpc", "when = { any = { uid = 1 } }\nmust = { gid = 1 }"),
            "bklint::policy_condition",
        ),
        ("[policy.network-mode]\nallow = [\"Host\"]\n".to_owned(), "bklint::policy_condition"),
        ("[policy.mirrors]\nallow = [\"quay.io \"]\n".to_owned(), "bklint::policy_condition"),
        ("[policy.plain-http]\nallow = [\"quay.io/x\"]\n".to_owned(), "bklint::policy_condition"),
        (
            "[policy.required-mirrors]\n\"index.docker.io\" = [\"x\"]\n".to_owned(),
            "bklint::policy_condition",
        ),
        ("[policy.key-mode]\nmax = \"rw\"\n".to_owned(), "bklint::config_value"),
        ("[policy.key-strength]\nallow = [\"p225\"]\n".to_owned(), "bklint::config_value"),
        ("[policy.release]\nmin = \"new\"\n".to_owned(), "bklint::config_value"),
        ("[lints]\n\"corp::x\" = \"note\"\n".to_owned(), "bklint::unknown_rule"),
    ] {
        let (_, own) = check(&config, "");
        let found = own.iter().flat_map(|report| &report.findings);
        let found: Vec<_> = found.map(|finding| &*finding.rule).collect();
        assert!(found.contains(&rules), "{config}: {found:?}");
    }
}

#[test]
fn a_rule_that_cannot_be_read_is_one_fault_and_judges_nothing() {
    for broken in ["when = \"x\"", "when = { any = [{ no = 1 }] }", "when = { debug = 1 }"] {
        let config = rule("debug", &format!("must = {{ \".\" = false }}\n{broken}"));
        let (report, own) =
            check(&format!("{config}[lints]\n\"corp::rule\" = \"warn\"\n"), "debug = true\n");
        assert!(report.findings.iter().all(|finding| finding.rule != "corp::rule"), "{config}");
        assert_eq!(own.iter().map(|report| report.findings.len()).sum::<usize>(), 1, "{config}");
    }
    // A rule of garbage collection has a key of that name.
    let key = "worker.used.gcpolicy[each]";
    let tiers = rule(key, "when = { all = true }\nmust = { keepDuration = { set = true } }");
    assert_eq!(broken(&tiers, "").len(), 1);
}

#[test]
fn labels_are_found_where_they_stand() {
    let config =
        rule("worker.oci", "must = { \"labels.team\" = { set = true }, \"labels.'a.b'\" = \"x\" }");
    for (text, missing, wrong) in [
        (
            "[worker.oci]\ngc = true\n[worker.oci.labels]\nz = \"\"\n\"a.b\" = \"y\"\n",
            "worker.oci.labels",
            "\"y\"",
        ),
        (
            "[worker.oci]\nlabels = { z = \"\", \"a.b\" = \"y\" }\n",
            "{ z = \"\", \"a.b\" = \"y\" }",
            "\"y\"",
        ),
        ("[worker.oci]\nlabels.z = \"\"\nlabels.'a.b' = 'y'\n", "oci", "'y'"),
    ] {
        let (report, _) = check(&config, text);
        let found = report.findings.iter().filter(|finding| finding.impact == Impact::Policy);
        let places: Vec<_> = found.map(|one| report.source.slice(one.span)).collect();
        assert_eq!(places, [missing, wrong], "{text}");
    }
}

#[test]
fn what_stands_for_several_tables_is_judged_in_each() {
    let config = rule("frontend.*.enabled", "must = { \".\" = true }");
    let text = "[frontend.\"gateway.v0\"]\nenabled = false\n";
    assert_eq!(broken(&config, text), ["frontend.\"gateway.v0\".enabled"]);
}

#[test]
fn nothing_weakens_the_policy_of_the_run() {
    let mut world = world(
        "[policy.mirrors]\nallow = [\"**\"]\n[lints]\n\"policy::mirrors\" = \"allow\"\n\
         \"corp::rule\" = \"allow\"\n[[policy.rule]]\nid = \"corp::rule\"\nkey = \"log\"\n\
         must = { format = \"json\" }\nlevel = \"note\"\n",
    );
    let policy = "[policy.mirrors]\nallow = []\n".to_owned()
        + &rule("log", "must = { format = \"json\" }\nlevel = \"warn\"");
    world.files.insert("/p.toml".into(), policy.into());
    let (overlay, levels) = (Overlay::default(), Levels::default());
    let policy = Some(Path::new("/p.toml"));
    let configs = Configs::new(&world, Lookup::Search, policy, overlay, levels).unwrap();
    let session = Session::configured(configs);
    let text = "# bklint: allow-file(policy::*, corp::*) -- no\n\
        [registry.\"docker.io\"]\nmirrors = [\"a.example\"]\n";
    let report = session.check(Source::new("buildkitd.toml", text.into()));
    let level = |rule: &str| {
        report.findings.iter().find(|finding| finding.rule == rule).map(|finding| finding.level)
    };
    assert_eq!(level("policy::mirrors"), Some(Level::Deny));
    assert_eq!(level("corp::rule"), Some(Level::Warn));
    assert_eq!(level("bklint::weakened"), Some(Level::Warn));
}

/// A policy, files that keep to it, and files that do not, in all spellings that buildkitd takes.
type Wish<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

#[test]
fn no_spelling_slips_past_a_policy() {
    let wishes: &[Wish<'_>] = &[
        (
            "[policy.mirrors]\nallow = [\"*.corp.example\", \"corp.example:5000\"]\n",
            &[
                "",
                "registry.\"docker.io\".mirrors = [\"a.corp.example/x\", \"https://B.corp.example\"]\n",
                "[registry]\n\"docker.io\" = { mirrors = [\"corp.example:5000/hub\"] }\n",
                "[registry.\"docker.io\"]\nmirrors = []\n",
            ],
            &[
                "registry.\"docker.io\".mirrors = [\"corp.example\"]\n",
                "registry = { 'quay.io' = { mirrors = ['a.b.corp.example'] } }\n",
                "[registry.\"docker.io\"]\nMirrors = [\"evil.example\"]\n",
                "[REGISTRY.\"docker.io\"]\nMIRRORS = [\"corp.example.evil.example\"]\n",
                "[registry.\"docker.io\"]\nmirrors = [\"a.corp.example@evil.example\"]\n",
                "[registry.\"docker.io\"]\nmirrors = [\"evil.example#.corp.example\"]\n",
                "[registry.\"docker.io\"]\nmirrors = [\"evil.example/a.corp.example\"]\n",
            ],
        ),
        (
            "[policy.required-mirrors]\n\"docker.io\" = [\"h.example/hub\"]\n",
            &[
                "registry.\"docker.io\".mirrors = [\"a\", \"http://H.example./hub/\"]\n",
                "registry = { \"docker.io\" = { mirrors = [\"h.example//hub\"] } }\n",
            ],
            &[
                "",
                "registry.docker.io.mirrors = [\"h.example/hub\"]\n",
                "[registry.\"index.docker.io\"]\nmirrors = [\"h.example/hub\"]\n",
                "[registry.\"docker.io\"]\nmirrors = [\"h.example/hub/x\"]\n",
            ],
        ),
        (
            "[policy.plain-http]\nallow = [\"lab.example\"]\n",
            &[
                "[registry.\"LAB.example:5000\"]\nhttp = true\n",
                "[registry.\"a.example\"]\nhttp = false\n",
            ],
            &[
                "registry.\"a.example\".http = true\n",
                "registry = { \"a.example\" = { HTTP = true } }\n",
                "[registry.\"lab.example.evil\"]\nhttp = true\n",
            ],
        ),
        (
            "[policy.unverified]\nallow = []\n",
            &["registry.\"a\".insecure = false\n"],
            &["registry.\"a\".insecure = true\n", "[registry.a]\nInsecure = true\n"],
        ),
        (
            "[policy.bind]\nwildcard = false\n",
            &["", "[grpc]\naddress = []\n", "grpc.address = [\"tcp://127.0.0.1:1\"]\n"],
            &[
                "grpc = { address = [\"tcp://0.0.0.0:1\"] }\n",
                "grpc.address = [\"unix:///x\", \"tcp://:1\"]\n",
                "grpc.debugAddress = \":6060\"\n",
                "grpc.debugAddress = \"[::]:6060\"\n",
                "[GRPC]\nADDRESS = [\"tcp://[0::]:1\"]\n",
            ],
        ),
        (
            "[policy.mutual-tls]\nrequired = true\n",
            &[
                "",
                "[grpc]\naddress = [\"tcp://a:1\"]\ntls = { ca = \"/a\", cert = \"/c\", key = \"/k\" }\n",
                "[grpc]\naddress = [\"tcp://a:1\"]\n[grpc.TLS]\nCA = \"/a\"\nCert = \"/c\"\nKEY = \"/k\"\n",
                "[grpc]\naddress = [\"fd://\"]\n",
            ],
            &[
                "grpc.address = [\"tcp://a:1\"]\ngrpc.tls.cert = \"/c\"\ngrpc.tls.key = \"/k\"\n",
                "[grpc]\naddress = [\"unix:///x\", \"tcp://a:1\"]\ntls = { ca = \"\", cert = \"/c\", key = \"/k\" }\n",
            ],
        ),
        (
            "[policy.entitlements]\nallow = [\"network.host\"]\n",
            &["", "insecure-entitlements = [\"network.host\"]\n"],
            &[
                "insecure-entitlements = [\"network.host\", \"security.insecure\"]\n",
                "Insecure-Entitlements = [\"device\"]\n",
            ],
        ),
        (
            "[policy.cdi]\nallowed = false\n",
            &["cdi.disabled = true\n", "cdi = { Disabled = true }\n"],
            &["", "[cdi]\n", "[cdi]\ndisabled = false\n"],
        ),
        (
            "[policy.network-mode]\nallow = [\"cni\", \"bridge\"]\n",
            &["worker.oci.networkMode = \"cni\"\n", "[worker.oci]\nNetworkMode = \"bridge\"\n"],
            &[
                "",
                "worker = { oci = { networkMode = \"host\" } }\n",
                "[worker.oci]\nenabled = false\nnetworkMode = \"cni\"\n",
            ],
        ),
        (
            "[policy.parallelism]\nmin = 2\nmax = 8\n",
            &["worker.oci.max-parallelism = 8\n", "[worker.oci]\nMAX-PARALLELISM = 0x4\n"],
            &[
                "",
                "[worker.oci]\nmax-parallelism = 0\n",
                "[worker.oci]\nmax-parallelism = -1\n",
                "[worker.oci]\nmax-parallelism = 9\n",
                "[worker.oci]\nmax-parallelism = 1\n",
            ],
        ),
        (
            "[policy.gc]\nrequired = true\nmax-used = \"200GB\"\n",
            &[
                "",
                "worker.oci.maxUsedSpace = 200000000000\n",
                "[worker.oci]\nmaxUsedSpace = \"200 GB\"\n",
                "[worker.oci]\nmaxUsedSpace = \"0.1TB\"\n",
                "worker = { oci = { gcpolicy = [{ all = true, maxUsedSpace = \"1GB\" }] } }\n",
                "[worker.oci]\ngckeepstorage = 1000000\n",
            ],
            &[
                "worker.oci.gc = false\n",
                "[worker.oci]\nGC = false\n",
                "[worker.oci]\nmaxUsedSpace = 300000000000\n",
                "[worker.oci]\nmaxUsedSpace = \"1TB\"\n",
                "[worker.oci]\nMaxUsedSpace = \"201GiB\"\n",
                "worker = { oci = { gcpolicy = [{ all = true, maxUsedSpace = \"1TB\" }] } }\n",
                "[[worker.oci.gcpolicy]]\nkeepBytes = \"300GB\"\n",
                "[worker.oci]\ngckeepstorage = \"300GB\"\n",
            ],
        ),
        (
            "[policy.gc]\nmin-free = \"10%\"\n",
            &["", "worker.oci.minFreeSpace = \"10%\"\n", "[worker.oci]\nminFreeSpace = \"15%\"\n"],
            &["worker.oci.minFreeSpace = \"5%\"\n", "[worker.oci]\nmaxUsedSpace = \"5GB\"\n"],
        ),
        (
            "[policy.history]\nmax-age = \"720h\"\nmax-entries = 100\n",
            &[
                "",
                "history.maxAge = 2592000\n",
                "history = { maxAge = \"43200m\", maxEntries = 100 }\n",
            ],
            &["history = { maxAge = 2592001 }\n", "[history]\nmaxEntries = 101\nmaxAge = \"1h\"\n"],
        ),
        (
            "[policy.gateway]\nallow = [\"docker/dockerfile\", \"quay.io/corp/**\"]\n",
            &[
                "frontend.\"gateway.v0\".allowedRepositories = [\"docker.io/docker/dockerfile\"]\n",
                "[frontend.\"gateway.v0\"]\nallowedRepositories = [\"index.docker.io/docker/dockerfile\", \"quay.io/corp/a/b\"]\n",
            ],
            &[
                "",
                "[frontend.\"gateway.v0\"]\nallowedRepositories = [\"docker/dockerfile-upstream\"]\n",
                "[frontend.\"gateway.v0\"]\nallowedRepositories = [\"quay.io.evil.example/corp/a\"]\n",
            ],
        ),
        (
            "[policy.log]\nformats = [\"json\"]\nlevels = [\"info\", \"warn\"]\n",
            &["log = { format = \"json\" }\n", "[log]\nformat = \"json\"\nLevel = \"WARNING\"\n"],
            &[
                "",
                "log = { format = \"json\", level = \"Debug\" }\n",
                "debug = true\n[log]\nformat = \"json\"\n",
                "trace = true\nlog.format = \"json\"\n",
            ],
        ),
        (
            "[policy.platforms]\nallow = [\"linux/amd64\", \"linux/arm/v7\"]\n",
            &["", "worker.oci.platforms = [\"linux/x86_64\", \"linux/arm\", \"Linux/armhf\"]\n"],
            &[
                "worker.oci.platforms = [\"linux/amd64/v3\"]\n",
                "[worker.oci]\nplatforms = [\"arm64\"]\n",
            ],
        ),
        (
            "[policy.snapshotter]\nallow = [\"overlayfs\"]\n",
            &["worker.oci.snapshotter = \"overlayfs\"\n"],
            &["", "[worker.oci]\nsnapshotter = \"native\"\n"],
        ),
        (
            "[policy.keys]\nrequired = [\"worker.used.defaultCgroupParent\"]\nforbidden = [\"worker.*.noProcessSandbox\", \"grpc.debugAddress\"]\n",
            &["worker.oci.defaultCgroupParent = \"b\"\ngrpc.debugAddress = \"\"\n"],
            &[
                "worker.oci = { defaultCgroupParent = \"b\", noProcessSandbox = true }\n",
                "[worker.oci]\ndefaultCgroupParent = \"\"\n",
                "[worker.oci]\ndefaultCgroupParent = \"b\"\n[grpc]\nDebugAddress = \"unix:///x\"\n",
            ],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = 'registry.\"docker.io\".mirrors[first]'\nmust = { \":host\" = \"harbor.example\", \":path\" = \"dockerhub\" }\n",
            &["registry.'docker.io'.mirrors = ['https://Harbor.example:443/dockerhub/']\n"],
            &["", "[registry.\"docker.io\"]\nmirrors = [\"a\", \"harbor.example/dockerhub\"]\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"worker.used.gcpolicy[last]\"\nmust = { all = true, keepDuration = { set = false }, maxUsedSpace = { max = \"200GB\" } }\n",
            &[
                "",
                "worker.oci.gcpolicy = [{ keepDuration = 3600 }, { All = true, maxUsedSpace = \"190GiB\" }]\n",
                "[[worker.oci.gcpolicy]]\nall = true\nmaxUsedSpace = 1000000\nkeepDuration = 0\n",
            ],
            &[
                "[[worker.oci.gcpolicy]]\nall = true\nkeepDuration = 60\nmaxUsedSpace = \"1GB\"\n",
                "[[worker.oci.gcpolicy]]\nall = true\n",
            ],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"grpc.address[each]\"\nmust = { \":scheme\" = { one-of = [\"unix\", \"fd\"] } }\n",
            &["", "grpc.address = [\"unix:///x\"]\n"],
            &["grpc.address = [\"tcp://x:1\"]\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"grpc.debugAddress\"\nwhen = { \".\" = { set = true } }\nmust = { \":host\" = { one-of = [\"127.0.0.1\", \"::1\", \"localhost\"] } }\n",
            &[
                "",
                "grpc.debugAddress = \"LOCALHOST:1\"\n",
                "grpc.debugAddress = \"tcp://[0:0::1]:1\"\n",
            ],
            &["grpc.debugAddress = \":1\"\n", "grpc.debugAddress = \"127.0.0.2:1\"\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"registry.*\"\nwhen = { insecure = true }\nmust = { \":host\" = { like = \"**.lab.example\" } }\n",
            &["registry.\"a.b.lab.example:1\".insecure = true\n"],
            &["registry.\"lab.example.evil\".insecure = true\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"registry.*.mirrors\"\nmust = { \".\" = { unique = true } }\n",
            &["", "registry.x.mirrors = [\"a\", \"b\"]\n"],
            &["registry.x.mirrors = [\"a\", \"https://A/\"]\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"worker.oci.labels\"\nmust = { team = { set = true } }\n",
            &["worker.oci.labels.team = \"x\"\n", "[worker.oci]\nlabels = { team = \"x\" }\n"],
            &["", "[worker.oci.labels]\nother = \"x\"\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"dns.nameservers[each]\"\nmust = { \".\" = { like = \"10.*.*.*\" } }\n",
            &["", "dns.nameservers = [\"10.0.0.1\"]\n"],
            &[
                "dns = { nameservers = [\"10.0.0.1\", \"8.8.8.8\"] }\n",
                "dns.nameservers = [\"10.0.0\"]\n",
            ],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"root\"\nmust = { \".\" = \"/var/lib/buildkit\" }\n",
            &["", "root = '/var/lib/buildkit'\n"],
            &["ROOT = \"/data\"\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"registry.*\"\nwhen = { all = [{ \":host\" = { unlike = \"**.corp.example\" } }, { any = [{ http = true }, { insecure = true }] }] }\nmust = { ca = { set = true } }\n",
            &[
                "registry.\"a.corp.example\".http = true\n",
                "registry.x = { http = true, ca = [\"/c\"] }\n",
            ],
            &["registry.x = { insecure = true }\n", "[registry.\"corp.example.x\"]\nhttp = true\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = \"worker.used\"\nwhen = { rootless = true }\nmust = { noProcessSandbox = false }\n",
            &["", "[worker.oci]\nrootless = true\n"],
            &["worker.oci = { rootless = true, noProcessSandbox = true }\n"],
        ),
        (
            "[[policy.rule]]\nid = \"corp::a\"\nkey = 'registry.*.mirrors[each]'\nmust = { \".\" = { not-one-of = [\"docker.io\", \"registry-1.docker.io\"] } }\n",
            &["registry.x.mirrors = [\"docker.io/x\"]\n"],
            &[
                "registry.x.mirrors = [\"Docker.IO\"]\n",
                "registry.x.mirrors = [\"https://registry-1.docker.io/\"]\n",
            ],
        ),
        ("[policy.release]\nmin = \"0.17.1\"\n[deployment]\nbuildkit = \"0.17\"\n", &[""], &[]),
    ];
    let mut wrong = Vec::new();
    for (config, good, bad) in wishes {
        for (text, is_good) in
            good.iter().map(|text| (text, true)).chain(bad.iter().map(|text| (text, false)))
        {
            let (report, own) = check(config, text);
            let own: Vec<_> = own.iter().flat_map(|report| &report.findings).collect();
            let loads = report.findings.iter().all(|finding| finding.impact != Impact::Load);
            let found = words(config, text);
            let open = undecided(config, text);
            if !loads || !own.is_empty() || !open.is_empty() || found.is_empty() != is_good {
                wrong.push(format!("{config}{text}{loads} {own:?} {open:?} {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_host_and_a_listener_have_parts() {
    let grpc = |facet: &str, text: &str| {
        let config = rule("grpc.address[each]", &format!("must = {{ \"{facet}\" = \"0\" }}"));
        let [words] = &*words(&config, &format!("[grpc]\naddress = [\"{text}\"]\n")) else {
            panic!("{facet} {text}")
        };
        words.rsplit_once(": ").unwrap().1.to_owned()
    };
    let none = "has no such part";
    // Host, port and path in the form that no value here has, so that each is shown.
    for (address, host, port, path) in [
        ("tcp://[::1]:1234", "is `::1`", "is `1234`", none),
        ("unix:///run/x.sock", none, none, "is `run/x.sock`"),
        ("unix://run/x.sock", none, none, "is `run/x.sock`"),
        ("npipe:////./pipe/x", none, none, "is `./pipe/x`"),
        ("fd://", none, none, none),
        // buildkitd does not start at this.
        ("127.0.0.1:1234", none, none, none),
    ] {
        assert_eq!(grpc(":host", address), host, "{address}");
        assert_eq!(grpc(":port", address), port, "{address}");
        assert_eq!(grpc(":path", address), path, "{address}");
    }
    let scheme = |key: &str, text: &str| {
        let config = rule(key, "must = { \":scheme\" = { unlike = \"**\" } }");
        let words = words(&config, text);
        words.first().map(|words| words.rsplit_once(": is ").unwrap().1.to_owned())
    };
    for (key, text, wanted) in [
        ("grpc.address[each]", "[grpc]\naddress = [\"127.0.0.1:1\"]", None),
        ("grpc.address[each]", "[grpc]\naddress = [\"tcp://127.0.0.1:1\"]", Some("`tcp`")),
        ("grpc.debugAddress", "[grpc]\ndebugAddress = \"127.0.0.1:1\"", Some("`tcp`")),
        ("grpc.debugAddress", "[grpc]\ndebugAddress = \"unix:///x\"", Some("`unix`")),
        ("registry.*.mirrors[each]", "[registry.x]\nmirrors = [\"y\"]", Some("`https`")),
        ("registry.*.mirrors[each]", "[registry.x]\nmirrors = [\"localhost:1\"]", Some("`http`")),
    ] {
        assert_eq!(scheme(key, text).as_deref(), wanted, "{key} {text}");
    }
    // A port may be written as a number.
    let port = rule("registry.x.mirrors[each]", "must = { \":port\" = 5000 }");
    assert!(broken(&port, "[registry.x]\nmirrors = [\"y:5000\"]").is_empty());
    assert_eq!(broken(&port, "[registry.x]\nmirrors = [\"y:500\"]").len(), 1);
}
