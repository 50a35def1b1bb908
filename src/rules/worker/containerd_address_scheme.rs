//! A socket of containerd with a scheme.

use crate::report::{Fix, Impact};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "containerd_address_scheme", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.containerd;
    let enabled = worker.enabled.get();
    let Some(address) = worker.address.field().filter(|_| enabled != Some(&false)) else { return };
    let Some((scheme, path)) = address.value.split_once("://") else { return };
    let finding = sink
        .report(address.span, format!("address of containerd has the scheme `{scheme}://`"))
        .key("worker.containerd.address")
        .label("expected the bare path of a socket");
    // Where the OCI worker is off, there is no other to do without this one.
    let last = context.decoded.config.worker.oci.enabled.get() == Some(&false);
    if enabled == Some(&true) || last {
        finding.note("buildkitd cannot connect and ends at start");
    } else if scheme == "unix" {
        // The probe strips this scheme, and only the connection behind it fails.
        finding.note("where containerd runs, buildkitd cannot connect and ends at start");
    } else {
        finding
            .impact(Impact::Ignored)
            .note("the probe fails, and buildkitd does without this worker");
    }
    if scheme == "unix" && path.starts_with('/') && !path.contains(['"', '\\']) {
        let text = format!("\"{path}\"");
        finding.fix(Fix::unsafe_("write the path alone").replace(address.span, text));
    } else {
        finding.help("containerd is reached through a socket on the same machine only");
    }
}
