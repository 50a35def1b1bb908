//! Docker Hub under a name that is not looked up.

use crate::effective::DOCKER_HUB;
use crate::hosts::{content, rename};
use crate::report::{Fix, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "docker_hub_alias", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let name = &*entry.name;
        let never = matches!(name, "index.docker.io" | "hub.docker.com" | "docker.com");
        let rarely = matches!(name, "registry-1.docker.io" | "registry.hub.docker.com");
        if !(never || rarely) || table.serves() {
            continue;
        }
        let finding = sink
            .report(
                content(context.source, entry.key),
                format!("`{name}` is not looked up for images of Docker Hub, `docker.io` is"),
            )
            .label(if never {
                "matches no image"
            } else {
                "matches only images written with this host"
            })
            .note("`FROM alpine` still comes straight from Docker Hub, without these settings");
        if rarely {
            finding.level(Level::Warn);
        }
        if config.registry.named(DOCKER_HUB).is_none() {
            finding.fix(rename(Fix::unsafe_("name it `docker.io`"), entry, DOCKER_HUB));
        } else {
            finding.help("move what is needed to `[registry.\"docker.io\"]` and remove this table");
        }
    }
}
