//! The containerd worker where there is no containerd.

use crate::rules::deploy::{driver, has_stock_image};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "no_containerd", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.containerd;
    let Some(on) = worker.enabled.field().filter(|on| on.value) else { return };
    if driver(context, sink).is_none() || !has_stock_image(context) {
        return;
    }
    sink.report(on.span, "no containerd runs in the builder's container")
        .key("worker.containerd.enabled")
        .label("nothing answers at its socket")
        .note("the socket of the host is not handed in; buildkitd ends at start")
        .help("leave the OCI worker on, which the image is made for");
}
