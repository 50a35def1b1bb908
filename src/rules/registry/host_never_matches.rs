//! A registry table that no image reference leads to.

use crate::effective::{DOCKER_HUB, Mirror, is_domain};
use crate::hash::HashSet;
use crate::hosts::{content, is_named_by_images, rename};
use crate::report::Fix;
use crate::rules::value::placeholder::mark;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "host_never_matches", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    // What other keys stand in a table tells of a host without quotes, or another program's
    // layout; the rules about unknown keys say so.
    let unknown = context.decoded.unknown.iter();
    let foreign = unknown.filter_map(|unknown| match unknown.path.as_slice() {
        [registry, name, ..] if registry == "registry" => Some(&**name),
        _ => None,
    });
    let foreign: HashSet<_> = foreign.collect();
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let name = &*entry.name;
        if table.is_reached() {
            continue;
        }
        let bare = is_domain(name) && !is_named_by_images(name);
        if (bare && foreign.contains(name)) || table.misses().is_some() {
            continue;
        }
        let label = match name {
            "" => "empty",
            "_default" => "there is no default table",
            _ if mark(name).is_some() => mark(name).unwrap_or_default(),
            _ if name.contains('*') => "taken literally, not as a wildcard",
            _ if name.contains("://") => "a scheme takes no part in the look-up",
            _ if name.contains('@') => "a user name takes no part in the look-up",
            _ if name.contains('/') => "a path takes no part in the look-up",
            _ if name.contains(char::is_whitespace) => "holds a space",
            _ if bare => "no host in an image reference",
            _ => "no image reference has such a host",
        };
        // A name may hold credentials; then it is not repeated.
        let shown =
            if name.contains('@') { "this table" } else { &format!("`[registry.\"{name}\"]`") };
        let finding = sink
            .report(content(context.source, entry.key), format!("{shown} matches no image"))
            .label(label)
            .note(
                "buildkitd looks tables up by the host of an image, with its port, byte by byte; \
                   this one is never used",
            );
        let host = match Mirror::read(name.trim()).host {
            // `https://index.docker.io/v1/` is the name of Docker Hub in other files.
            host if host == "index.docker.io" => DOCKER_HUB.into(),
            host => host,
        };
        if host != name && host.contains(['.', ':']) && is_domain(&host) {
            finding.help("name the host alone, with its port if images are written with one");
            if config.registry.named(&host).is_none() {
                finding.fix(rename(Fix::unsafe_("name the host alone"), entry, &host));
            }
        } else if name != "_default" && !name.contains('*') {
            finding.help("write the host as images do, with its port if they have one");
        } else {
            finding.help("write one table for each host");
        }
    }
}
