//! Files that grow in one direction, for measuring what a larger file costs.

/// A name, and what stands in the file: made from the number of the repetition, until the file is
/// large enough; in front and behind what stands there once.
pub struct Shape {
    /// What there is much of.
    pub name: &'static str,
    front: &'static str,
    repeated: fn(usize) -> String,
    behind: fn(usize) -> String,
}

impl Shape {
    /// A file of about that many bytes.
    pub fn text(&self, bytes: usize) -> String {
        let mut text = self.front.to_owned();
        let mut count = 0;
        while text.len() < bytes {
            text += &(self.repeated)(count);
            count += 1;
        }
        text + &(self.behind)(count)
    }
}

const fn shape(
    name: &'static str,
    front: &'static str,
    repeated: fn(usize) -> String,
    behind: fn(usize) -> String,
) -> Shape {
    Shape { name, front, repeated, behind }
}

const fn lines(name: &'static str, front: &'static str, line: fn(usize) -> String) -> Shape {
    shape(name, front, line, |_| "\n".into())
}

const fn list(name: &'static str, front: &'static str, element: fn(usize) -> String) -> Shape {
    shape(name, front, element, |_| "]\n".into())
}

/// A table of about 312 bytes, so that 16,000 are 5 MB.
fn registry(n: usize, last: &str) -> String {
    format!(
        "# Team {n:05} pulls from the caches next to it; asked for by the platform.\n[registry.\"registry-{n:05}.example.com:5000\"]\n  mirrors = [\n    \"cache-a-{n:05}.example.com\",\n    \"cache-b-{n:05}.example.com:5000\", # the larger one\n    \"example.net/{n:05}\",\n  ]\n  http = false\n  {last} # until further notice\n\n"
    )
}

/// All of them.
pub const SHAPES: &[Shape] = &[
    lines("registries", "", |n| {
        format!("[registry.\"r{n}.example.com:5000\"]\n  mirrors = [\"m{n}.example.com\"]\n\n")
    }),
    lines("registries as people have them", "", |n| registry(n, "insecure = false")),
    lines("registries with a finding each", "", |n| registry(n, "insecure = true")),
    lines("insecure registries", "", |n| {
        format!("[registry.\"r{n}.example.com\"]\n  http = true\n  insecure = true\n")
    }),
    lines("registries and mirrors", "", |n| {
        format!("[registry.\"r{n}.test\"]\n  http = true\n  mirrors = [\"r{}.test:5000\"]\n", n + 1)
    }),
    lines("registries that differ in case", "", |n| {
        format!("[registry.\"R{n}.test\"]\n[registry.\"r{n}.test\"]\n  http = true\n")
    }),
    lines("unquoted hosts", "", |n| format!("[registry.r{n}.io]\n  http = true\n")),
    lines("unquoted hosts with faults", "", |n| format!("[registry.r{n}.io]\n  http = 1_\n")),
    lines("unquoted ports", "", |n| format!("[registry.r{n}:5000]\n")),
    shape(
        "inline tables on several lines",
        "a = ",
        |_| "{b =\n".into(),
        |n| format!("1{}\n", "\n}".repeat(n)),
    ),
    lines("certificate files", "", |n| {
        format!(
            "[registry.\"r{n}.test\"]\n  ca = [\"/etc/c{n}.pem\"]\n  [[registry.\"r{n}.test\".keypair]]\n    key = \"/etc/k{n}.pem\"\n    cert = \"/etc/p{n}.pem\"\n"
        )
    }),
    list("words without quotes in a line", "[worker.oci]\n  platforms = [", |n| format!("w{n}, ")),
    list("certificate files of one registry", "[registry.\"r.test\"]\n  ca = [\n", |n| {
        format!("    \"certs/c{n}.pem\",\n")
    }),
    lines("unknown keys", "[worker.oci]\n", |n| format!("  maxParalelism{n} = 4\n")),
    lines("keys of unknown tables", "[worker.docker]\n", |n| format!("  key{n} = 4\n")),
    lines("unknown tables", "", |n| format!("[wrker{n}.oci]\n  gc = true\n")),
    lines("empty unknown tables", "", |n| format!("[a{n}]\n")),
    lines("equal unknown keys", "[worker.oci]\n", |_| "  gcx = 4\n".into()),
    lines("duplicate keys", "[worker.oci]\n", |_| "  gc = true\n".into()),
    lines("duplicate tables", "", |_| "[worker.oci]\n  gc = true\n".into()),
    lines("letter case of keys", "[worker.oci]\n", |_| "  GC = true\n".into()),
    lines("letter case of tables", "", |n| {
        format!("[Registry.\"r{n}.test\"]\n  Http = true\n  HTTP = true\n")
    }),
    lines("arrays emptied", "", |_| {
        "[[worker.oci.gcpolicy]]\n[[worker.oci.gcPolicy]]\n  all = true\n".into()
    }),
    lines("arrays emptied of each registry", "", |n| {
        format!("[[registry.\"r{n}\".keypair]]\n[[registry.\"r{n}\".Keypair]]\n")
    }),
    lines("double brackets", "", |_| "[[worker.oci]]\n".into()),
    lines("key pairs with misspelt keys", "", |n| {
        format!("[[registry.\"r{n}\".keypair]]\n  kye = \"x\"\n")
    }),
    lines("labels", "[worker.oci.labels]\n", |n| format!("  \"l{n}\" = \"x\"\n")),
    lines("unquoted labels", "[worker.oci.labels]\n", |n| format!("  a.l{n} = \"x\"\n")),
    lines(
        "runtime options",
        "[worker.containerd.runtime]\n  name = \"x\"\n  [worker.containerd.runtime.options]\n",
        |n| format!("    k{n} = {n}\n"),
    ),
    shape(
        "runtime options below a long name",
        "[worker.containerd.runtime.options",
        |n| format!(".a{n}"),
        |n| "]\n".to_owned() + &"k = 1\n".repeat(n),
    ),
    lines("cleaning rules", "", |_| {
        "[[worker.oci.gcpolicy]]\n  keepBytes = 1000\n  filters = [\"type==source.local\"]\n  keepDuration = 3600\n".into()
    }),
    lines("cleaning rules for all", "", |n| {
        format!("[[worker.oci.gcpolicy]]\n  all = true\n  keepBytes = \"{n}GB\"\n")
    }),
    list("filters", "[[worker.oci.gcpolicy]]\n  filters = [\n", |n| {
        format!("    \"type==cachemount{n}\",\n")
    }),
    list("folders of certificates", "[registry.\"r.test\"]\n  tlsconfigdir = [\n", |n| {
        format!("    \"/etc/certs{n}\",\n")
    }),
    lines("key pairs of one registry", "[registry.\"r.test\"]\n", |n| {
        format!("[[registry.\"r.test\".keypair]]\n  key = \"{n}.key\"\n  cert = \"{n}.crt\"\n")
    }),
    list("mirrors", "[registry.\"docker.io\"]\n  mirrors = [\n", |n| {
        format!("    \"m{n}.example.com\",\n")
    }),
    list("mirrors with schemes", "[registry.\"docker.io\"]\n  mirrors = [\n", |n| {
        format!("    \"http://m{n}.example.com\",\n")
    }),
    list("mirrors that are the same", "[registry.\"docker.io\"]\n  mirrors = [\n", |_| {
        "    \"m.example.com\",\n".into()
    }),
    shape(
        "mirrors on one line",
        "[registry.\"docker.io\"]\n  mirrors = [",
        |n| format!("\"https://u:p@m{n}.example.com/\", "),
        |_| "\"m\"]\n".into(),
    ),
    list("addresses", "[grpc]\n  address = [\n", |n| format!("    \"tcp://0.0.0.0:{n}\",\n")),
    list("sockets", "[grpc]\n  address = [\n", |_| "    \"unix:///run/x.sock\",\n".into()),
    list("entitlements", "insecure-entitlements = [\n", |n| format!("  \"security.x{n}\",\n")),
    list("name servers", "[dns]\n  nameservers = [\n", |n| format!("    \"ns{n}\",\n")),
    list("platforms", "[worker.oci]\n  platforms = [\n", |n| format!("    \"linux/x{n}\",\n")),
    lines("frontends", "", |n| format!("[frontend.\"f{n}\"]\n  enabled = false\n")),
    lines("comments", "", |n| format!("# comment {n}\n")),
    lines("comments for bklint", "", |_| {
        "debug = true # bklint: allow(log::debug_enabled)\n".into()
    }),
    lines("comments for bklint in tables", "", |n| {
        format!("[registry.\"r{n}.test\"] # bklint: allow(registry::insecure)\n  insecure = true\n")
    }),
    lines("comments for bklint above one line", "", |_| {
        "# bklint: allow(log::debug_enabled) -- later\n".into()
    }),
    lines("comments for bklint without a rule", "", |n| format!("# bklint: allow(x{n}) -- y\n")),
    shape("comment for bklint", "# bklint: allow(", |_| "x".into(), |_| ") -- y\n".into()),
    lines("comments for bklint about the file", "", |_| {
        "debug = true # bklint: allow-file(log::debug_enabled) -- later\n".into()
    }),
    shape("comment", "# ", |_| "xyz ".into(), |_| "\n".into()),
    lines("comments with addresses", "", |n| format!("# see https://me:pw{n}@example.com\n")),
    lines("comments with control characters", "", |_| "# \u{7}\n".into()),
    lines("blank lines", "debug = true\n", |_| "\n".into()),
    lines("carriage returns", "debug = true\n", |_| "\r".into()),
    shape("string", "root = \"", |_| "xyz/".into(), |_| "\"\n".into()),
    shape("string of escapes", "root = \"", |_| "\\q".into(), |_| "\"\n".into()),
    lines("strings with an escape each", "", |n| format!("k{n} = \"\\q\"\n")),
    list("paths with escapes", "[registry.\"r.test\"]\n  ca = [\n", |_| "\"\\t\\q\",".into()),
    shape("string of control characters", "root = \"", |_| "\u{1}".into(), |_| "\"\n".into()),
    shape("string across lines", "root = \"\"\"", |n| format!("line {n}\n"), |_| "\"\"\"\n".into()),
    shape("unclosed string", "root = \"", |_| "xyz\\\" ".into(), |_| "\n".into()),
    lines("unclosed strings", "", |_| "root = \"x\n".into()),
    lines("unclosed arrays", "", |_| "mirrors = [1\n".into()),
    lines("unclosed tables", "", |_| "a = { b = 1\n".into()),
    shape("open brackets", "a = ", |_| "[".into(), |_| "\n".into()),
    shape("open brackets at the start", "", |_| "[".into(), |_| "\n".into()),
    shape("open brackets over lines", "a = ", |_| "[\n".into(), |_| "\n".into()),
    shape("open tables", "a = ", |_| "{ a = ".into(), |_| "\n".into()),
    shape("nested arrays", "a = ", |_| "[".into(), |n| "]".repeat(n) + "\n"),
    shape("nested tables", "a = ", |_| "{a=".into(), |n| "1".to_owned() + &"}".repeat(n) + "\n"),
    shape("nested header", "[a", |_| ".b".into(), |_| "]\nc = 1\n".into()),
    shape("nested headers", "", |n| format!("[a{}]\n", ".b".repeat(n)), |_| String::new()),
    shape("key", "", |_| "k".into(), |_| " = 1\n".into()),
    shape(
        "keys below a long name",
        "[registry.\"",
        |_| "r".into(),
        |n| "\"]\n".to_owned() + &"  htp = true\n".repeat(n / 20),
    ),
    shape(
        "passwords below a long name",
        "[registry.\"",
        |_| "r".into(),
        |n| "\"]\n".to_owned() + &"  password = 1\n".repeat(n / 20),
    ),
    shape("nested key", "a", |_| ".b".into(), |_| " = 1\n".into()),
    shape(
        "inline table",
        "registry = {",
        |n| format!("\"r{n}.test\" = {{ http = true }}, "),
        |_| "x = {} }\n".into(),
    ),
    shape(
        "inline tables in an array",
        "[worker.oci]\ngcpolicy = [",
        |_| "{ all = true }, ".into(),
        |_| "{}]\n".into(),
    ),
    shape(
        "faulty inline table",
        "registry = {",
        |n| format!("\"r{n}\".http = 1, "),
        |_| "x = {} }\n".into(),
    ),
    shape("commas", "a = [", |_| ",".into(), |_| "]\n".into()),
    list("elements without quotes", "[registry.\"r.test\"]\n  mirrors = [", |_| "x,".into()),
    shape("elements without commas", "a = [", |_| "1 ".into(), |_| "]\n".into()),
    lines("stray lines", "", |_| "key value\n".into()),
    lines("stray lines between keys", "", |n| format!("key value\nk{n} = 1\n")),
    lines("equals signs", "", |_| "= = =\n".into()),
    lines("missing values", "", |n| format!("k{n} =\n")),
    lines("wrong types", "", |n| format!("[registry.\"r{n}.test\"]\n  http = \"yes\"\n")),
    shape("one line of JSON", "{", |n| format!("\"k{n}\": 1, "), |_| "}\n".into()),
    lines("passwords", "", |n| format!("[registry.\"r{n}.test\"]\n  password = \"hush{n}\"\n")),
    lines("numbers", "", |n| format!("k{n} = 1__0\n")),
];
