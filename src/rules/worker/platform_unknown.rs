//! Platforms that do not parse or do not exist.

use crate::report::{Fix, Impact};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "platform_unknown", check);

/// Well-known slips in `os/arch`: the architecture, and what is meant.
const SLIPS: [(&str, &str); 9] = [
    ("amd46", "amd64"),
    ("x64", "amd64"),
    ("x86", "386"),
    ("i686", "386"),
    ("armv5", "arm/v5"),
    ("armv6", "arm/v6"),
    ("armv7", "arm/v7"),
    ("armv8", "arm64"),
    ("arm32", "arm"),
];

/// What containerd's `platforms` package knows, from Go's own list.
const ARCHES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];
/// Other names that it turns into those.
const ALIASES: [&str; 6] = ["i386", "x86_64", "x86-64", "aarch64", "armhf", "armel"];
/// The same for systems.
const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "macos",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        for platform in worker.platforms.items() {
            let text = platform.value.as_ref();
            // A version of Windows in parentheses has rules of its own.
            if text.contains('(') {
                continue;
            }
            let parts: Vec<&str> = text.split('/').collect();
            let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let parses = parts.iter().all(|part| !part.is_empty() && part.chars().all(plain));
            if !parses || parts.len() > 3 {
                sink.report(platform.span, format!("`{text}` is no platform"))
                    .key(format!("{name}.platforms"))
                    .impact(Impact::Start)
                    .label("expected `os/arch` or `os/arch/variant`")
                    .note("buildkitd ends with \"invalid platforms\" at start")
                    .help("write one platform in each string, without spaces and wildcards");
                continue;
            }
            let Some((part, is_os)) = unknown(&parts) else { continue };
            if parts.len() == 1 {
                sink.report(platform.span, format!("`{text}` is neither a system nor a processor"))
                    .key(format!("{name}.platforms"))
                    .impact(Impact::Start)
                    .label("expected `os/arch`")
                    .note("buildkitd ends with \"invalid platforms\" at start")
                    .help("write both, such as \"linux/amd64\"");
                continue;
            }
            let what = if is_os { "operating system" } else { "architecture" };
            let finding = sink
                .report(platform.span, format!("`{part}` is no {what}"))
                .key(format!("{name}.platforms"))
                .label("taken as it is")
                .note("buildkitd offers a platform that no image has");
            if let Some(meant) = nearest(part, is_os)
                && (parts.len() == 2 || !meant.contains('/'))
            {
                let rest = parts.iter().map(|p| if *p == part { meant } else { *p });
                let text = rest.collect::<Vec<_>>().join("/");
                finding.fix(
                    Fix::unsafe_("write the platform as images do")
                        .replace(platform.span, format!("\"{text}\"")),
                );
            }
        }
    }
}

/// The first part that nothing is built for, and whether it is the system.
fn unknown<'a>(parts: &[&'a str]) -> Option<(&'a str, bool)> {
    let known_os = |os: &str| SYSTEMS.contains(&os.to_lowercase().as_str());
    let known_arch = |arch: &str| {
        let arch = arch.to_lowercase();
        ARCHES.contains(&arch.as_str()) || ALIASES.contains(&arch.as_str())
    };
    match parts {
        [one] if known_os(one) || known_arch(one) => None,
        [one] => Some((one, false)),
        [os, ..] if !known_os(os) => Some((os, true)),
        [_, arch, ..] if !known_arch(arch) => Some((arch, false)),
        _ => None,
    }
}

/// What was probably meant.
fn nearest(written: &str, is_os: bool) -> Option<&'static str> {
    let lower = written.to_lowercase();
    let slip = SLIPS.iter().find(|(slip, _)| !is_os && *slip == lower).map(|(_, meant)| *meant);
    let near = |known: &[&'static str]| {
        known.iter().copied().find(|known| strsim::damerau_levenshtein(known, &lower) == 1)
    };
    slip.or_else(|| if is_os { near(&["linux", "windows", "darwin"]) } else { near(&ARCHES) })
}
