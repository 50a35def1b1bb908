//! `docker.io` as a mirror.

use crate::effective::{DOCKER_HUB, DOCKER_HUB_HOST};
use crate::hosts::{content, remove_mirror};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "docker_io_as_mirror", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().iter() {
        let (host, path) = (&*mirror.host, &*mirror.path);
        if host != DOCKER_HUB {
            continue;
        }
        let finding = sink
            .report(
                content(context.source, mirror.element.span),
                "`docker.io` as a mirror is no registry",
            )
            .label("taken literally")
            .note(format!(
                "buildkitd asks https://docker.io{path}, a web site, and goes on with the next host"
            ));
        if mirror.entry.name == DOCKER_HUB {
            finding.help("remove it; Docker Hub is asked after its mirrors by itself");
            let fix = remove_mirror(&context.layout, mirror.entry, mirror.element, "remove it");
            fix.map(|fix| finding.fix(fix));
        } else {
            finding
                .help(format!("remove it, or name `{DOCKER_HUB_HOST}` if images really lie there"));
        }
    }
}
