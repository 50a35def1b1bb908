//! What the decoders make of constructs that no recorded case tells apart, release by release.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bklint::decode::{decode, dotted};
use bklint::source::Source;
use bklint::tree::{NodeKind, Tree, unquote};

/// Everything that is noticed about a text: faults with key and place, keys without effect with the
/// reason, and what is odd.
fn noticed(text: impl Into<Vec<u8>>, releases: &str) -> String {
    let source = Source::new("x", text.into());
    let tree = Tree::parse(&source);
    let decoded = decode(&source, &tree, releases.parse().unwrap());
    // Of what else a fault or class holds, the places say enough.
    let name = |debug: String| {
        let name = debug.split(" {").next().unwrap_or_default();
        name.trim_end_matches("(Release").trim_end_matches("(Dialect").to_owned()
    };
    let faults = decoded.faults.iter().map(|fault| {
        let (start, end) = (fault.span.start, fault.span.end);
        format!("{} {} {start}..{end}", name(format!("{:?}", fault.kind)), fault.key())
    });
    let unknown = decoded.unknown.iter().map(|key| {
        format!("{} at {} is {}", key.path.join("."), key.at, name(format!("{:?}", key.class)))
    });
    let odd = decoded.oddities.iter().map(|oddity| name(format!("{oddity:?}")));
    let mut all: Vec<_> = faults.chain(unknown).chain(odd).collect();
    if decoded.faults.is_empty() && releases == "0.32" {
        all.push(support::answer(&source, &tree)["config"].to_string());
    }
    all.join("; ")
}

/// A release, a text, and what is noticed; the model as well, where the newest loads it.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    ("0.32", "a = {b = {\n},\nc = {\n\n}}", "InlineNewline  10..11; InlineNewline  13..14; InlineNewline  19..20; a at 0 is Unknown"),
    ("0.32", "DEBUG = true\ntrace = true", "Case; {\"debug\":true,\"trace\":true}"),
    ("0.11", "DEBUG = true\ntrace = true", "trace at 0 is Newer; Case"),
    ("0.32", "Debug = true", "Case; {\"debug\":true}"),
    ("0.27", "Debug = true", "Debug at 0 is Case(\"debug\")"),
    ("0.7", "Debug = true", "Case"),
    ("0.32", "[cache.gha.verify.policy]\nissuer = 'a'", "{\"cache\":{\"gha\":{\"verify\":{\"policy\":{\"Issuer\":\"a\"}}}}}"),
    ("0.13.0", "[cache.gha.verify.policy]\nissuer = 'a'", "cache.gha.verify.policy at 0 is Newer"),
    ("0.32", "[cache.gha.verify.policy]\nIssuer = 'a'", "Case; {\"cache\":{\"gha\":{\"verify\":{\"policy\":{\"Issuer\":\"a\"}}}}}"),
    ("0.13.0", "[cache.gha.verify.policy]\nIssuer = 'a'", "cache.gha.verify.policy at 0 is Newer"),
    ("0.32", "[cache.gha.verify.policy]\nISSUER = 'a'", "Case; {\"cache\":{\"gha\":{\"verify\":{\"policy\":{\"Issuer\":\"a\"}}}}}"),
    ("0.13.0", "[cache.gha.verify.policy]\nISSUER = 'a'", "cache.gha.verify.policy at 0 is Newer"),
    ("0.32", "[cache.gha.verify.policy]\nIssuEr = 'a'", "Case; {\"cache\":{\"gha\":{\"verify\":{\"policy\":{\"Issuer\":\"a\"}}}}}"),
    ("0.27", "[cache.gha.verify.policy]\nIssuEr = 'a'", "cache.gha.verify.policy.IssuEr at 4 is Case(\"issuer\")"),
    ("0.13.0", "[cache.gha.verify.policy]\nIssuEr = 'a'", "cache.gha.verify.policy at 0 is Newer"),
    ("0.32", "[worker.oci.GCConfig]\ngc = 1", "worker.oci.GCConfig at 2 is Unknown; {}"),
    ("0.27", "[worker.oci.GCConfig]\ngc = 1", "WrongType worker.oci.GCConfig.gc 27..28"),
    ("0.7", "[worker.oci.GCConfig]\ngc = 1", "worker.oci.GCConfig at 2 is Unknown"),
    ("0.32", "[worker.containerd.networkConfig]\nnetworkMode = 1", "worker.containerd.networkConfig at 2 is Unknown; {}"),
    ("0.27", "[worker.containerd.networkConfig]\nnetworkMode = 1", "WrongType worker.containerd.networkConfig.networkMode 48..49"),
    ("0.7", "[worker.containerd.networkConfig]\nnetworkMode = 1", "worker.containerd.networkConfig at 2 is Unknown"),
    ("0.32", "[grpc.GCConfig]\naddress = 1", "grpc.GCConfig at 1 is Unknown; {}"),
    ("0.32", "[worker.oci.gcconfiG]\ngc = 1", "worker.oci.gcconfiG at 2 is Unknown; {}"),
    ("0.32", "[worker.oci.labels.a]", "{\"worker\":{\"oci\":{\"labels\":{\"a\":\"\"}}}}"),
    ("0.27", "[worker.oci.labels.a]", "HeaderOnValue worker.oci.labels.a 19..20"),
    ("0.32", "[[worker.oci.labels.a]]", "DoubleBrackets worker.oci.labels.a 20..21"),
    ("0.32", "worker.oci.labels.a.b = 1", "BelowScalar worker.oci.labels.a.b 20..21"),
    ("0.32", "[worker.oci.labels.a.b]", "HeaderBelowScalar worker.oci.labels.a.b 21..22"),
    ("0.27", "[worker.oci.labels.a.b]", "BelowScalar worker.oci.labels.a.b 21..22"),
    ("0.32", "worker.oci.labels.a = '1'\nworker.oci.labels.A = '2'", "{\"worker\":{\"oci\":{\"labels\":{\"A\":\"2\",\"a\":\"1\"}}}}"),
    ("0.32", "[[dns.nameservers]]\n[[dns.nameservers]]", "EmptyHeader; EmptyHeader; {\"dns\":{\"nameservers\":[\"\",\"\"]}}"),
    ("0.27", "[[dns.nameservers]]\n[[dns.nameservers]]", "HeaderOnValue dns.nameservers 6..17; HeaderOnValue dns.nameservers 26..37"),
    ("0.32", "[dns]\nnameservers = ['a']\n[[DNS.nameservers]]", "Case; EmptyHeader; {\"dns\":{\"nameservers\":[\"\"]}}"),
    ("0.27", "[dns]\nnameservers = ['a']\n[[DNS.nameservers]]", "HeaderOnValue DNS.nameservers 32..43; Case"),
    ("0.32", "[dns.nameservers]", "SingleBrackets dns.nameservers 5..16"),
    ("0.27", "[dns.nameservers]", "HeaderOnValue dns.nameservers 5..16"),
    ("0.32", "[dns.nameservers.x]", "SingleBrackets dns.nameservers 5..16"),
    ("0.32", "[[dns.nameservers.x]]", "HeaderBelowScalar dns.nameservers.x 18..19"),
    ("0.27", "[[dns.nameservers.x]]", "BelowScalar dns.nameservers.x 18..19"),
    ("0.32", "dns.nameservers = ['a']\n[dns.nameservers.x]", "NotATable dns.nameservers 29..40"),
    ("0.32", "dns.nameservers.x = 1", "BelowScalar dns.nameservers.x 16..17"),
    ("0.32", "[worker.oci.gcpolicy.x]", "SingleBrackets worker.oci.gcpolicy 12..20"),
    ("0.32", "[worker.oci.gcpolicy.all]", "SingleBrackets worker.oci.gcpolicy 12..20"),
    ("0.32", "[[worker.oci.gcpolicy.all]]", "DoubleBrackets worker.oci.gcpolicy.all 22..25"),
    ("0.27", "[[worker.oci.gcpolicy.all]]", "SingleBrackets worker.oci.gcpolicy 13..21"),
    ("0.32", "[[worker.oci.gcpolicy.x]]", "worker.oci.gcpolicy.x at 3 is Unknown; {}"),
    ("0.27", "[[worker.oci.gcpolicy.x]]", "SingleBrackets worker.oci.gcpolicy 13..21"),
    ("0.32", "[[worker.oci.gcpolicy]]\n[worker.oci.gcpolicy.keepDuration]\nDuration = 5", "worker.oci.gcpolicy.keepDuration.Duration at 4 is Unknown; EmptyHeader; {\"worker\":{\"oci\":{\"gcpolicy\":[{}]}}}"),
    ("0.32", "[system.platformsCacheMaxAge]\nDuration = 5", "system.platformsCacheMaxAge.Duration at 2 is Unknown; EmptyHeader; {\"system\":{\"platformsCacheMaxAge\":\"0s\"}}"),
    ("0.32", "[system.platformsCacheMaxAge]", "EmptyHeader; {\"system\":{\"platformsCacheMaxAge\":\"0s\"}}"),
    ("0.32", "[history.maxEntries.sub", "BelowScalar history.maxEntries.sub 20..23; Syntax(UnclosedHeader)  23..23"),
    ("0.32", "[history.maxEntries.sub x]", "BelowScalar history.maxEntries.sub 20..23; Syntax(UnclosedHeader)  24..25"),
    ("0.32", "[history.maxEntries.sub]x", "HeaderBelowScalar history.maxEntries.sub 20..23; Syntax(Trailing)  24..25"),
    ("0.32", "[history.maxEntries.sub]", "HeaderBelowScalar history.maxEntries.sub 20..23"),
    ("0.11", "[[worker.oci.gcpolicy]]\n[worker.oci.gcpolicy.keepDuration]\nDuration = 5", "HeaderOnValue worker.oci.gcpolicy.keepDuration 45..57"),
    ("0.32", "worker.oci.gcpolicy.all = true", "BelowScalar worker.oci.gcpolicy.all 20..23"),
    ("0.32", "[worker.oci]\ngcpolicy = [{all = true}]\n[[worker.OCI.gcpolicy]]", "Case; Emptied; {\"worker\":{\"oci\":{\"gcpolicy\":[{}]}}}"),
    ("0.32", "[worker.oci]\ngcpolicy = []\n[worker.OCI.gcpolicy]\nall = true", "SingleBrackets worker.OCI.gcpolicy 39..47; Case"),
    ("0.27", "[worker.oci]\ngcpolicy = []\n[worker.OCI.gcpolicy]\nall = true", "EmptyList worker.oci.gcpolicy 24..26; SingleBrackets worker.OCI.gcpolicy 39..47; Case"),
    ("0.7", "[worker.oci]\ngcpolicy = []\n[worker.OCI.gcpolicy]\nall = true", "SingleBrackets worker.OCI.gcpolicy 39..47; Case"),
    ("0.32", "[registry.'r'.x]", "registry.r.x at 2 is Unknown; {}"),
    ("0.32", "[[registry.'r'.keypair]]\nkey = 'a'", "{\"registry\":{\"r\":{\"keypair\":[{\"key\":\"a\"}]}}}"),
    ("0.32", "[registry.'r'.keypair]\nkey = 'a'", "SingleBrackets registry.r.keypair 14..21"),
    ("0.32", "[[registry.'r'.keypair.key]]", "DoubleBrackets registry.r.keypair.key 23..26"),
    ("0.27", "[[registry.'r'.keypair.key]]", "SingleBrackets registry.r.keypair 15..22"),
    ("0.32", "[registry.'r'.keypair.key]", "SingleBrackets registry.r.keypair 14..21"),
    ("0.32", "registry.'r' = {http = true}\n[registry.'R']", "{\"registry\":{\"R\":{},\"r\":{\"http\":true}}}"),
    ("0.32", "a = {b = 1, b = 2}", "DuplicateKey b 12..13; a at 0 is Unknown"),
    ("0.27", "a = {b = 1, b = 2}", "a at 0 is Unknown"),
    ("0.32", "a = {b = 1, b = 2", "Syntax(UnclosedInline)  4..5; a at 0 is Unknown"),
    ("0.32", "a = {b = 1}\n[a]", "NotATable a 13..14; a at 0 is Unknown"),
    ("0.27", "a = {b = 1}\n[a]", "Redefined a 13..14; a at 0 is Unknown"),
    ("0.32", "a = [{b = 1}]\n[[a]]", "NotATable a 16..17; a at 0 is Unknown"),
    ("0.32", "a = [1]\n[[a]]", "NotATable a 10..11; a at 0 is Unknown"),
    ("0.32", "a = {b = {c = 1}}\n[a.b]", "NotATable a 19..20; a at 0 is Unknown"),
    ("0.27", "a = {b = {c = 1}}\n[a.b]", "Redefined a.b 21..22; a at 0 is Unknown"),
    ("0.32", "a = {b.c = 1}\n[a.b]", "NotATable a 15..16; a at 0 is Unknown"),
    ("0.32", "[a]\nb.c = 1\n[a.b]", "a at 0 is Unknown; a.b at 0 is Unknown; {}"),
    ("0.32", "[a.b]\n[a]\nb.c = 1", "a.b at 0 is Unknown; a at 0 is Unknown; {}"),
    ("0.32", "[worker.oci]\ngckeepstorage = []", "WrongType worker.oci.gckeepstorage 29..31"),
    ("0.30", "[worker.oci]\ngckeepstorage = []", ""),
    ("0.27", "[worker.oci]\ngckeepstorage = []", "WrongType worker.oci.gckeepstorage 29..31"),
    ("0.32", "[history]\nmaxAge = {Duration = 5}", "history.maxAge.Duration at 2 is Unknown; {\"history\":{}}"),
    ("0.11", "[history]\nmaxAge = {Duration = 5}", "WrongType history.maxAge 19..33"),
    ("0.7", "[history]\nmaxAge = {Duration = 5}", "history at 0 is Newer"),
    ("0.32", "[history]\nmaxAge = {Duration = 5, x = 1}", "history.maxAge.Duration at 2 is Unknown; history.maxAge.x at 2 is Unknown; {\"history\":{}}"),
    ("0.30", "[history]\nmaxAge = {Duration = 5, x = 1}", ""),
    ("0.27", "[history]\nmaxAge = {Duration = 5, x = 1}", "history.maxAge.x at 2 is Unknown"),
    ("0.11", "[history]\nmaxAge = {Duration = 5, x = 1}", "WrongType history.maxAge 19..40"),
    ("0.7", "[history]\nmaxAge = {Duration = 5, x = 1}", "history at 0 is Newer"),
    ("0.32", "[history.maxAge]\nduration = 5", "history.maxAge.duration at 2 is Unknown; EmptyHeader; {\"history\":{}}"),
    ("0.11", "[history.maxAge]\nduration = 5", "HeaderOnValue history.maxAge 9..15"),
    ("0.7", "[history.maxAge]\nduration = 5", "history.maxAge at 0 is Newer"),
    ("0.32", "history.maxAge.duration = 5", "history.maxAge.duration at 2 is Unknown; {\"history\":{}}"),
    ("0.11", "history.maxAge.duration = 5", "BelowScalar history.maxAge.duration 15..23"),
    ("0.7", "history.maxAge.duration = 5", "history.maxAge.duration at 0 is Newer"),
    ("0.32", "[worker.oci.reservedSpace]\npercentage = 5\nbytes = 6\nmore = 1", "worker.oci.reservedSpace.more at 3 is Unknown; EmptyHeader; {\"worker\":{\"oci\":{\"reservedSpace\":{\"bytes\":6,\"percentage\":5}}}}"),
    ("0.13.0", "[worker.oci.reservedSpace]\npercentage = 5\nbytes = 6\nmore = 1", "worker.oci.reservedSpace at 2 is Newer"),
    ("0.32", "insecure-entitlements = ['a', 1]", "WrongType insecure-entitlements 30..31"),
    ("0.32", "insecure-entitlements = ['a'", "Syntax(UnclosedArray)  24..25"),
    ("0.32", "debug = true true", "Syntax(Trailing)  13..17"),
    ("0.32", "[registry.mirrors.'a.lan']\nendpoint = 1", "registry.mirrors.a.lan at 2 is Foreign; {}"),
    ("0.32", "[registry.mirrors]\nx = 1", "registry.mirrors.x at 2 is Unknown; {\"registry\":{\"mirrors\":{}}}"),
    ("0.32", "[registry.mirrors]\n'x.lan' = 1", "registry.mirrors.x.lan at 2 is Foreign; {\"registry\":{\"mirrors\":{}}}"),
    ("0.32", "[registry.configs.x.y]\nz = 1", "registry.configs.x.y at 2 is Foreign; {}"),
    ("0.32", "[registry.x]\n'a.lan' = 1", "registry.x.a.lan at 2 is Unknown; {\"registry\":{\"x\":{}}}"),
    ("0.32", "[registry.docker.io]\nhttp = true", "registry.docker.io at 2 is UnquotedHost; {}"),
    ("0.32", "registry.docker.io.http = true", "registry.docker.io.http at 2 is UnquotedHost; {\"registry\":{\"docker\":{}}}"),
    ("0.32", "[registry]\ndocker.io.mirrors = ['a']", "registry.docker.io.mirrors at 2 is UnquotedHost; {\"registry\":{\"docker\":{}}}"),
    ("0.32", "[worker.docker.io]", "worker.docker.io at 1 is Unknown; {}"),
    ("0.32", "[frontend.gateway]", "frontend.gateway at 1 is UnquotedName; {}"),
    ("0.13.0", "[frontend.gateway]", "frontend.gateway at 0 is Newer"),
    ("0.32", "[frontend.dockerfile.v0]\nenabled = true", "frontend.dockerfile.v0 at 1 is UnquotedName; {}"),
    ("0.13.0", "[frontend.dockerfile.v0]\nenabled = true", "frontend.dockerfile.v0 at 0 is Newer"),
    ("0.32", "[frontend.x.gateway]", "frontend.x.gateway at 1 is Unknown; {}"),
    ("0.13.0", "[frontend.x.gateway]", "frontend.x.gateway at 0 is Newer"),
    ("0.32", "[grpc.dockerfile]", "grpc.dockerfile at 1 is Unknown; {}"),
    ("0.32", "[worker.oci]\naddress = 'x'", "worker.oci.address at 2 is Sibling(\"containerd\"); {}"),
    ("0.32", "[worker.containerd]\nbinary = 'x'", "worker.containerd.binary at 2 is Sibling(\"oci\"); {}"),
    ("0.32", "[worker.oci]\nproxySnapshotterPath = 'x'", "{\"worker\":{\"oci\":{\"proxySnapshotterPath\":\"x\"}}}"),
    ("0.7", "[worker.oci]\nproxySnapshotterPath = 'x'", "worker.oci.proxySnapshotterPath at 2 is Newer"),
    ("0.32", "[grpc.oci]\nbinary = 'x'", "grpc.oci at 1 is Misplaced(\"worker.oci\"); {}"),
    ("0.32", "[registry.oci]\nbinary = 'x'", "registry.oci.binary at 2 is Misplaced(\"worker.oci.binary\"); {\"registry\":{\"oci\":{}}}"),
    ("0.32", "[worker.oci]\nroot = '/a'\n[worker.oci.labels]\nroot = '/a'", "worker.oci.root at 2 is Swallowed(\"root\"); {\"worker\":{\"oci\":{\"labels\":{\"root\":\"/a\"}}}}"),
    ("0.32", "[grpc]\ndebug = true\nmaxAge = 1\ncniPoolSize = 1", "grpc.debug at 1 is Swallowed(\"debug\"); grpc.maxAge at 1 is Misplaced(\"history.maxAge\"); grpc.cniPoolSize at 1 is Misplaced(\"worker.oci.cniPoolSize\"); {}"),
    ("0.7", "[grpc]\ndebug = true\nmaxAge = 1\ncniPoolSize = 1", "grpc.debug at 1 is Swallowed(\"debug\"); grpc.maxAge at 1 is Unknown; grpc.cniPoolSize at 1 is Unknown"),
    ("0.32", "ab = 1\nrot = 1\nroott = 1\ncertificate = 1", "ab at 0 is Unknown; rot at 0 is Misspelt(\"root\"); roott at 0 is Misspelt(\"root\"); certificate at 0 is Unknown; {}"),
    ("0.32", "maxAge = 1", "maxAge at 0 is Misplaced(\"history.maxAge\"); {}"),
    ("0.7", "maxAge = 1", "maxAge at 0 is Unknown"),
    ("0.32", "proxyNetwork = 1", "WrongType proxyNetwork 15..16"),
    ("0.30", "proxyNetwork = 1", "proxyNetwork at 0 is Newer"),
    ("0.32", "ProxyNetwork = true\nPROXYNETWORK = true", "Case; Case; Overwritten; {\"proxyNetwork\":true}"),
    ("0.30", "ProxyNetwork = true\nPROXYNETWORK = true", "ProxyNetwork at 0 is Newer; PROXYNETWORK at 0 is Newer"),
    ("0.32", "[Log]\nformat = 'text'", "Case; {\"log\":{\"format\":\"text\"}}"),
    ("0.27", "[Log]\nformat = 'text'", "Log at 0 is Case(\"log\")"),
    ("0.11", "[Log]\nformat = 'text'", "Log at 0 is Newer"),
    ("0.32", "a = in", "NotAValue  4..6; a at 0 is Unknown"),
    ("0.32", "a = nah", "NotAValue  4..7; a at 0 is Unknown"),
    ("0.32", "a = 2020-01-01", "a at 0 is Unknown; {}"),
    ("0.32", "a = 2020-01-01\n", "a at 0 is Unknown; {}"),
    ("0.27", "a = 2020-01-01\n", "NotAValue  4..14; a at 0 is Unknown"),
    ("0.32", "a = 2020-01-01 ", "a at 0 is Unknown; {}"),
    ("0.32", "a = 2020-1-01", "a at 0 is Unknown; {}"),
    ("0.27", "a = 2020-1-01", "NotAValue  4..13; a at 0 is Unknown"),
    ("0.32", "a = 2020-01-01 7", "a at 0 is Unknown; {}"),
    ("0.27", "a = 2020-01-01 7", "NotAValue  4..16; a at 0 is Unknown"),
    ("0.32", "a = 07:32:00.", "a at 0 is Unknown; {}"),
    ("0.27", "a = 07:32:00.", "NotAValue  4..13; a at 0 is Unknown"),
    ("0.32", "a = 07:32:00.5", "a at 0 is Unknown; {}"),
    ("0.32", "a = 1..2", "a at 0 is Unknown; {}"),
    ("0.27", "a = 1..2", "NotAValue  4..8; a at 0 is Unknown"),
    ("0.32", "a = .5", "a at 0 is Unknown; {}"),
    ("0.27", "a = .5", "NotAValue  4..6; a at 0 is Unknown"),
    ("0.32", "a = 1.x", "NotAValue  4..7; a at 0 is Unknown"),
    ("0.32", "a = 0x", "NotAValue  4..6; a at 0 is Unknown"),
    ("0.32", "a = x", "NotAValue  4..5; a at 0 is Unknown"),
    ("0.32", "[history]\nmaxAge = 1.50", "Duration history.maxAge 19..23"),
    ("0.32", "[worker.oci]\ngckeepstorage = 1.50", "{\"worker\":{\"oci\":{\"gckeepstorage\":{\"bytes\":1}}}}"),
    ("0.32", "[history]\nmaxAge = 1_0", "Duration history.maxAge 19..22"),
    ("0.27", "[history]\nmaxAge = 1_0", ""),
    ("0.32", "root = \"\"\"a\\\"\"\"\"", "{\"root\":\"a\\\"\"}"),
    ("0.32", "root = \"\"\"a\"\"\"\"", "{\"root\":\"a\\\"\"}"),
    ("0.27", "root = \"\"\"a\"\"\"\"", "Syntax(Trailing)  14..15"),
    ("0.32", "root = \"\\uD8\"", "Escape  8..12"),
    ("0.32", "root = \"\\uD800\"", "Escape  8..14"),
    ("0.27", "root = \"\\uD800\"", ""),
    ("0.32", "# a\rb\rc\n", "LoneCr  3..4"),
    ("0.27", "# a\rb\rc\n", ""),
    ("0.32", "root = 'a'\r", "LoneCr  10..11"),
    ("0.27", "root = 'a'\r", ""),
    ("0.32", "[registry.'r']\nhttps = 1", "registry.r.https at 2 is Unknown; {\"registry\":{\"r\":{}}}"),
    ("0.32", "[grpc.tls]\ncertificate='x'", "grpc.tls.certificate at 2 is Misspelt(\"cert\"); {}"),
    ("0.32", "roottttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt = 1", "roottttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt at 0 is Unknown; {}"),
    ("0.32", "[[registry.docker.io.keypair]]\nkey='a'", "registry.docker.io.keypair at 2 is UnquotedHost; {}"),
    ("0.32", "[registry.'docker'.io]\n", "registry.docker.io at 2 is Unknown; {}"),
    ("0.32", "[registry.docker.htp]", "registry.docker.htp at 2 is Misspelt(\"http\"); {}"),
    ("0.32", "[registry.a.b.c.http]\n", "registry.a.b.c.http at 2 is UnquotedHost; {}"),
    ("0.32", "[registry.'r'.http.x]", "HeaderBelowScalar registry.r.http.x 19..20"),
    ("0.27", "[registry.'r'.http.x]", "BelowScalar registry.r.http.x 19..20"),
    ("0.32", "[registry.'r'.keypair.x]", "SingleBrackets registry.r.keypair 14..21"),
    ("0.32", "[[registry.'r'.keypair.x]]", "registry.r.keypair.x at 3 is Unknown; {}"),
    ("0.27", "[[registry.'r'.keypair.x]]", "SingleBrackets registry.r.keypair 15..22"),
    ("0.32", "[[worker.oci.gcpolicy]]\n[worker.OCI]\ngcpolicy = [{}]", "Case; Emptied; {\"worker\":{\"oci\":{\"gcpolicy\":[{}]}}}"),
    ("0.32", "[a.\tb]", "a.b at 0 is Unknown; {}"),
    ("0.27", "[a.\tb]", "Syntax(MissingKey)  2..4; a.b at 0 is Unknown"),
    ("0.32", "[worker.oci.labels]\na = 'b'\n[worker.OCI]\nlabels.a = 'c'", "Case; {\"worker\":{\"oci\":{\"labels\":{\"a\":\"c\"}}}}"),
    ("0.32", "[grpc]\nnetworkMode = 'x'\nhosts = 1\nall = true\nfilters = 1\noci = 1", "grpc.networkMode at 1 is Misplaced(\"worker.oci.networkMode\"); grpc.hosts at 1 is Unknown; grpc.all at 1 is Misplaced(\"worker.oci.gcpolicy.all\"); grpc.filters at 1 is Misplaced(\"worker.oci.gcpolicy.filters\"); grpc.oci at 1 is Misplaced(\"worker.oci\"); {}"),
    // A date passes over the byte behind the digit that follows a space.
    ("0.32", "a = 07:32:00 5\n\n# x\nb = 1\n", "a at 0 is Unknown; b at 0 is Unknown; {}"),
    ("0.32", "a = 07:32:00 5\nb = 1\n", "NotAValue  4..14; a at 0 is Unknown; b at 0 is Unknown"),
    ("0.32", "a = 07:32:00 5\r\nb = 1\r\n", "a at 0 is Unknown; b at 0 is Unknown; {}"),
    ("0.32", "a = { b = 07:32:00 5 }", "a at 0 is Unknown; {}"),
    ("0.32", "a = { b = 07:32:00 5}", "NotAValue  10..20; a at 0 is Unknown"),
    // Dates, numbers, durations and sizes at their limits, as Go reads them.
    ("0.32", "worker.oci.stargzSnapshotter.a = 2000-02-29", "{\"worker\":{\"oci\":{\"stargzSnapshotter\":{\"a\":\"2000-02-29\"}}}}"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 1900-02-29", "Date worker.oci.stargzSnapshotter.a 33..43"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-02-29", "Date worker.oci.stargzSnapshotter.a 33..43"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-04-31", "Date worker.oci.stargzSnapshotter.a 33..43"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-04-30", "{\"worker\":{\"oci\":{\"stargzSnapshotter\":{\"a\":\"2023-04-30\"}}}}"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-00-01", "Date worker.oci.stargzSnapshotter.a 33..43"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-00", "Date worker.oci.stargzSnapshotter.a 33..43"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 23:59:59", "{\"worker\":{\"oci\":{\"stargzSnapshotter\":{\"a\":\"23:59:59\"}}}}"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 24:00:00", "Date worker.oci.stargzSnapshotter.a 33..41"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 23:60:00", "Date worker.oci.stargzSnapshotter.a 33..41"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 00:00:60", "Date worker.oci.stargzSnapshotter.a 33..41"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 07:32:00.", "Date worker.oci.stargzSnapshotter.a 33..42"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-01T23:59:59", "{\"worker\":{\"oci\":{\"stargzSnapshotter\":{\"a\":\"2023-01-01T23:59:59\"}}}}"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-01T23:59:59+23:59", "{\"worker\":{\"oci\":{\"stargzSnapshotter\":{\"a\":\"2023-01-01T23:59:59+23:59\"}}}}"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-01T23:59:59+24:00", "Date worker.oci.stargzSnapshotter.a 33..58"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-01T23:59:59+00:60", "Date worker.oci.stargzSnapshotter.a 33..58"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 2023-01-01x", "NotAValue  33..44"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 0b", "NotAValue  33..35"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 1.5.5", "Float worker.oci.stargzSnapshotter.a 33..38"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 1.", "Float worker.oci.stargzSnapshotter.a 33..35"),
    ("0.32", "worker.oci.stargzSnapshotter.a = 01.5", "NotAValue  33..37"),
    ("0.32", "[history]\nmaxAge = '1ns'", "{\"history\":{\"maxAge\":\"1ns\"}}"),
    ("0.32", "[history]\nmaxAge = '1.5h'", "{\"history\":{\"maxAge\":\"1h30m0s\"}}"),
    ("0.32", "[history]\nmaxAge = '0.5s'", "{\"history\":{\"maxAge\":\"500ms\"}}"),
    ("0.32", "[history]\nmaxAge = '.5s'", "{\"history\":{\"maxAge\":\"500ms\"}}"),
    ("0.32", "[history]\nmaxAge = '1h1m1s'", "{\"history\":{\"maxAge\":\"1h1m1s\"}}"),
    ("0.32", "[history]\nmaxAge = 's'", "Duration history.maxAge 19..22"),
    ("0.32", "[history]\nmaxAge = '0'", "{\"history\":{}}"),
    ("0.32", "[history]\nmaxAge = '-1h'", "{\"history\":{\"maxAge\":\"-1h0m0s\"}}"),
    ("0.32", "[history]\nmaxAge = '2562047h'", "{\"history\":{\"maxAge\":\"2562047h0m0s\"}}"),
    ("0.32", "[history]\nmaxAge = '2562048h'", "Duration history.maxAge 19..29"),
    ("0.32", "[history]\nmaxAge = '9223372036854775807ns'", "{\"history\":{\"maxAge\":\"2562047h47m16.854775807s\"}}"),
    ("0.32", "[history]\nmaxAge = '9223372036854775808ns'", "Duration history.maxAge 19..42"),
    ("0.32", "[history]\nmaxAge = '-9223372036854775808ns'", "{\"history\":{\"maxAge\":\"-2562047h47m16.854775808s\"}}"),
    ("0.32", "[history]\nmaxAge = '2562047h48m'", "Duration history.maxAge 19..32"),
    ("0.32", "[history]\nmaxAge = '2562047h47m16.854775807s'", "{\"history\":{\"maxAge\":\"2562047h47m16.854775807s\"}}"),
    ("0.32", "[history]\nmaxAge = '1.0000000000000000000000000001s'", "{\"history\":{\"maxAge\":\"1s\"}}"),
    ("0.32", "[history]\nmaxAge = '0.9223372036854775808s'", "{\"history\":{\"maxAge\":\"922.337203ms\"}}"),
    ("0.32", "[worker.oci]\nreservedSpace = '1_0kb'", "{\"worker\":{\"oci\":{\"reservedSpace\":{\"bytes\":10240}}}}"),
    ("0.32", "[worker.oci]\nreservedSpace = '1__0kb'", "Size worker.oci.reservedSpace 29..37"),
    ("0.32", "[worker.oci]\nreservedSpace = '1 kb'", "{\"worker\":{\"oci\":{\"reservedSpace\":{\"bytes\":1024}}}}"),
    ("0.32", "[worker.oci]\nreservedSpace = '1kbs'", "Size worker.oci.reservedSpace 29..35"),
    ("0.32", "[worker.oci]\nreservedSpace = '-1'", "Size worker.oci.reservedSpace 29..33"),
    ("0.32", "[worker.oci]\nreservedSpace = '1.5k'", "{\"worker\":{\"oci\":{\"reservedSpace\":{\"bytes\":1536}}}}"),
    ("0.32", "[worker.oci]\nreservedSpace = '9223372036854775807'", "{\"worker\":{\"oci\":{\"reservedSpace\":{\"bytes\":-9223372036854775808}}}}"),
];

#[test]
fn each_release_notices_what_its_decoder_does() {
    for (release, text, wanted) in CASES {
        assert_eq!(noticed(*text, release), *wanted, "{release}: {text}");
    }
    // The parser ends at the byte, so there is no header to crash on.
    let header = b"[root.a\xff]";
    assert_eq!(noticed(header, "0.32"), "BelowScalar root.\"a?\" 6..8; InvalidUtf8  7..8");
}

#[test]
fn a_range_says_which_releases_see_it() {
    for (text, wanted) in [
        // go-toml v1 alone makes a table of every header.
        ("[worker.oci.labels.a]", "0.11.0..0.27"),
        ("a = 2020-01-01\n[worker.oci.labels.a]", "0.11.0..0.27 0.11.0..0.27"),
        ("debug = 1", "all"),
        ("# a\rb\n", "0.28.0..0.32"),
    ] {
        let source = Source::new("x", text.into());
        let decoded = decode(&source, &Tree::parse(&source), "0.11.0..0.32".parse().unwrap());
        let only = decoded.faults.iter().map(|fault| fault.only);
        let only: Vec<_> = only.map(|only| only.map_or("all".into(), |r| r.to_string())).collect();
        assert_eq!(only.join(" "), wanted, "{text}");
    }
}

/// What is shown as the path of a key is one, whatever its names hold.
#[test]
fn paths_read_back() {
    for name in ["a", "", "a.b", "a\"b", "a\\b", "a\tb\u{1}\u{7f}", "ä"] {
        let text = format!("{} = 1", dotted(["x", name]));
        let (source, mut names) = (Source::new("x", text.into()), Vec::new());
        let tree = Tree::parse(&source);
        for node in &tree.nodes {
            let NodeKind::Pair { keys } = &node.kind else { continue };
            let parts = tree.path(keys).iter();
            names.extend(
                parts.map(|part| unquote(source.slice(part.span), part.quote).into_owned()),
            );
        }
        assert_eq!(names, ["x", name]);
        assert!(!tree.nodes.iter().any(|node| node.broken), "{name:?}");
    }
}
