//! State that is not kept in the builder's volume.

use std::path::Path;

use crate::args::buildx::Driver;
use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};
use crate::settings::absolute;

/// See the page.
pub static RULE: Rule = rule!("deploy", "root_outside_volume", check);

const VOLUME: &str = "/var/lib/buildkit";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let root = &context.decoded.config.root;
    let Some(field) = root.field().filter(|field| !field.value.is_empty()) else { return };
    // A relative one begins in the container's own folder.
    let inside = field.value.starts_with('/')
        && absolute(Path::new(field.value.as_ref()), context.world).starts_with(VOLUME);
    if inside || context.launch.flags.replacing("root").is_some() {
        return;
    }
    let create = &context.settings.create;
    let kept = match driver(context, sink) {
        Some(Driver::Container) => true,
        Some(Driver::Kubernetes) => {
            let options =
                ["persistent-volume-claim.requests.storage", "buildkit-root-volume-memory"];
            options.iter().any(|option| create.option(option).is_some())
        }
        None => false,
    };
    if kept {
        sink.report(
            field.span.inner(),
            format!("`{}` is not in the builder's volume", field.value),
        )
        .key("root")
        .label("lost with the container")
        .note(format!(
            "buildx mounts the volume for the cache at {VOLUME}; the cache now goes when the \
                 container is made anew, and grows in its writable layer until then"
        ))
        .help(format!("leave the key out, or name {VOLUME}"));
    }
}
