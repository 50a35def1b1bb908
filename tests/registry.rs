//! What the rules about tables of registries say, and where they leave it to another rule.

use bklint::levels::Levels;
use bklint::report::Finding;
use bklint::session::Session;
use bklint::settings::Settings;
use bklint::source::Source;
use bklint::world::Memory;

/// A text, and each finding about it: rule, label, and what a fix would write.
#[rustfmt::skip]
const CASES: &[(&str, &[&str])] = &[
    // Only what holds nothing at all is empty.
    ("[registry.'r.lan']", &["empty_table: changes one thing only"]),
    ("[registry.'r.lan']\nmirrors = []", &["empty_table: changes one thing only"]),
    ("[registry.'r.lan']\nmirrors = 1", &[]),
    ("[registry.'r.lan']\nhttp = false", &[]),
    ("[registry.'r.lan']\ninsecure = false", &[]),
    ("[registry.'r.lan']\nca = []", &[]),
    ("[registry.'r.lan']\ntlsconfigdir = []", &[]),
    ("[[registry.'r.lan'.keypair]]\nkey = '/k'\ncert = '/c'", &[]),
    ("[registry.'r.lan']\ncolour = 1", &[]),
    ("[registry.'r.lan']\n[grpc]\ncolour = 1", &["empty_table: changes one thing only"]),
    ("[registry.'a']\n[registry.'r.lan']\nmirrors = ['a']", &["empty_table: changes one thing only"]),
    // Names that no image leads to.
    ("[registry.'']", &["host_never_matches: empty"]),
    ("[registry._default]", &["host_never_matches: there is no default table"]),
    ("[registry.'<host>']", &["host_never_matches: a blank from a sample"]),
    ("[registry.'*.lan']", &["host_never_matches: taken literally, not as a wildcard"]),
    ("[registry.'http://r.lan']", &["host_never_matches: a scheme takes no part in the look-up -> \"r.lan\""]),
    ("[registry.'http://r.lan']\n[registry.'r.lan']\nhttp=true", &["host_never_matches: a scheme takes no part in the look-up"]),
    ("[registry.'https://index.docker.io/v1/']", &["host_never_matches: a scheme takes no part in the look-up -> \"docker.io\""]),
    ("[registry.'ann@r.lan']", &["host_never_matches: a user name takes no part in the look-up -> \"r.lan\""]),
    ("[registry.'r.lan/a']", &["host_never_matches: a path takes no part in the look-up -> \"r.lan\""]),
    ("[registry.'r.lan ']", &["host_never_matches: holds a space -> \"r.lan\""]),
    ("[registry.'team']", &["host_never_matches: no host in an image reference"]),
    ("[registry.'team/a']", &["host_never_matches: a path takes no part in the look-up"]),
    ("[registry.'-']", &["host_never_matches: no image reference has such a host"]),
    ("[registry.team]\nreg = 1", &[]),
    ("[registry.team]\n[grpc]\nteam = 1", &["host_never_matches: no host in an image reference"]),
    ("[registry.team]\n[worker.team]\na = 1", &["host_never_matches: no host in an image reference"]),
    ("[registry.'te am'.x]\na = 1", &[]),
    // Settings that say the same or the contrary.
    ("[registry.'r.lan']\nhttp = true\ninsecure = true", &["http_and_insecure: any certificate is taken, if there is one -> "]),
    ("[registry.'r.lan']\nhttp = false\ninsecure = true", &["insecure: "]),
    ("[registry.'r.lan']\nhttp = true\ninsecure = false", &[]),
    ("[registry.'quay.io']\nhttp = true\ninsecure = true", &["public_plain_http: "]),
    ("[registry.'r.lan']\nhttp = true\ninsecure = true\nmirrors = ['m.lan']", &[]),
    ("[registry.'r.lan']\nhttp = true\nca = ['/c']", &["tls_files_unused: read, but without effect"]),
    ("[registry.'r.lan']\ninsecure = true\nca = ['/c']", &["tls_files_unused: read, but without effect"]),
    ("[registry.'r.lan']\ninsecure = true\nca = []\ntlsconfigdir = []", &["insecure: "]),
    ("[registry.'r.lan']\nhttp = true\ntlsconfigdir = []", &[]),
    ("[registry.'r.lan']\nhttp = true\ntlsconfigdir = ['/d']", &["tls_files_unused: read, but without effect"]),
    ("[registry.'r.lan']\ninsecure = true\ntlsconfigdir = ['/d']", &["insecure: "]),
    ("[registry.'r.lan']\nhttp = true\n[[registry.'r.lan'.keypair]]\nkey='/k'\ncert='/c'", &["tls_files_unused: read, but without effect"]),
    ("[registry.'r.lan']\ninsecure = true\n[[registry.'r.lan'.keypair]]\nkey='/k'\ncert='/c'", &["insecure: "]),
    // Letter case, of what is a host at all.
    ("[registry.'R.lan']\nhttp = true", &["upper_case: compared byte by byte -> \"r.lan\""]),
    ("[registry.'R.lan/a']\nhttp = true", &["host_never_matches: a path takes no part in the look-up -> \"R.lan\""]),
    // Servers of this machine.
    ("[registry.'host.docker.internal:5000']\nmirrors = []", &["empty_table: changes one thing only", "local_over_https: not taken for localhost -> \nhttp = true\n"]),
    ("[registry.'host.docker.internal:5000']\nca = []", &[]),
    ("[registry.'host.docker.internal:5000']\ntlsconfigdir = ['/d']", &[]),
    ("[[registry.'host.docker.internal:5000'.keypair]]\nkey = '/k'\ncert = '/c'", &[]),
    ("[registry.'r.lan']\nmirrors = ['0.0.0.0:5000']", &["local_over_https: not taken for localhost -> \n\n[registry.\"0.0.0.0:5000\"]\nhttp = true\n"]),
    ("[registry.'r.lan']\nmirrors = ['https://0.0.0.0:5000']", &["local_over_https: not taken for localhost"]),
    ("[registry.'r.lan']\nmirrors = ['0.0.0.0:443']", &[]),
];

#[test]
fn each_rule_speaks_where_no_other_does() {
    let world = Memory::default();
    let session = Session::new(Settings::default(), Levels::default(), &world);
    let words = |finding: &Finding| {
        let rule = finding.rule.strip_prefix("registry::")?;
        let mut words = format!("{rule}: {}", finding.label);
        for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
            words = words + " -> " + &edit.text;
        }
        Some(words)
    };
    for (text, wanted) in CASES {
        let report = session.check(Source::new("x", (*text).into()));
        let found: Vec<_> = report.findings.iter().filter_map(words).collect();
        assert_eq!(found, *wanted, "{text}");
    }
}
