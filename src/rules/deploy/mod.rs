//! What a deployment makes of the file: what buildx copies, changes and leaves behind, and which
//! keys make no sense there.

use crate::args::buildx::Driver;
use crate::rules::{Context, Sink};

pub mod certificates_overwritten;
pub mod config_map;
pub mod entitlements_granted;
pub mod entitlements_replaced;
pub mod file_not_read;
pub mod file_refused;
pub mod flag_overrides;
pub mod host_path;
pub mod key_in_config_map;
pub mod listener_unreachable;
pub mod no_containerd;
pub mod over_one_mib;
pub mod registry_letter_case;
pub mod relative_path;
pub mod root_outside_volume;
pub mod rootless_path;
pub mod tlsconfigdir_not_copied;
pub mod unreadable_value;

/// What runs buildkitd, if buildx makes the builder. If nobody said how it is run, the rule is
/// counted as one that waits for it; so this is asked once there is something to judge.
fn driver(context: &Context<'_>, sink: &mut Sink<'_>) -> Option<Driver> {
    if context.settings.deploy.is_none() {
        sink.needs_deploy();
    }
    context.settings.driver()
}

/// As [`driver`], for what happens while the builder is created.
fn creating(context: &Context<'_>, sink: &mut Sink<'_>) -> Option<Driver> {
    driver(context, sink).filter(|_| !context.settings.create.exists)
}

/// Whether the builder's image is known: BuildKit's own has buildkitd, its runc and CNI plugins,
/// and nothing else of the host.
fn has_stock_image(context: &Context<'_>) -> bool {
    let image = context.settings.create.option("image");
    image.is_none_or(|image| {
        let image = image.strip_prefix("docker.io/").unwrap_or(image);
        image.strip_prefix("moby/buildkit").is_some_and(|rest| !rest.starts_with(['/', '-']))
    })
}
