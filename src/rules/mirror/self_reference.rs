//! A registry as its own mirror.

use crate::effective::{DOCKER_HUB, DOCKER_HUB_HOST};
use crate::hosts::{content, remove_mirror};
use crate::report::Level;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "self_reference", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().iter() {
        let (host, path) = (&*mirror.host, &*mirror.path);
        let entry = mirror.entry;
        let hub = entry.name == DOCKER_HUB;
        let itself = if hub { DOCKER_HUB_HOST } else { &entry.name };
        if host != itself || path != "/v2" {
            continue;
        }
        let finding = sink
            .report(
                content(context.source, mirror.element.span),
                format!("`{}` is listed as its own mirror", entry.name),
            )
            .label("the registry itself")
            .also(content(context.source, entry.key), "asked after its mirrors in any case")
            .note("an image that it lacks is looked for there twice");
        if hub {
            finding.level(Level::Note);
        }
        let fix = remove_mirror(&context.layout, mirror.entry, mirror.element, "remove it");
        fix.map(|fix| finding.fix(fix));
    }
}
