//! Two keys that open one socket.

use crate::effective::Effective;
use crate::report::{Finding, Impact};
use crate::rules::grpc::address::{Address, Listener, is_same_file, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::settings::Deploy;

/// See the page.
pub static RULE: Rule = rule!("grpc", "shared_socket", check);

/// Where a daemon of root listens if nobody says otherwise.
const DEFAULT: &str = "/run/buildkit/buildkitd.sock";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    let all = listeners(config);
    // The first and the last key open one socket each, so few pairs are left.
    for later in &all {
        let mut before = all.iter().take_while(|earlier| earlier.key != later.key);
        let Some(earlier) = before.find(|earlier| earlier.address.clashes(&later.address)) else {
            continue;
        };
        let finding = report(sink, earlier.key, later);
        if matches!(later.address, Address::Unix(_) | Address::Pipe(_)) {
            finding.also(earlier.span.inner(), "opened first, and deleted");
        } else {
            finding
                .impact(Impact::Start)
                .also(earlier.span.inner(), "opened first")
                .note("buildkitd reads the file, fails to listen a second time and exits");
        }
    }
    let containerd = &config.worker.containerd;
    for later in &all {
        let Address::Unix(path) = later.address else { continue };
        let unnamed = config.grpc.address.is_absent()
            && Effective::new(config, context.settings).flag("grpc.address").is_none()
            && context.settings.deploy != Some(Deploy::Rootless);
        if later.key == "otel.socketPath" && unnamed && is_same_file(path, DEFAULT) {
            report(sink, "grpc.address", later).note("`grpc.address` is this path by default");
        }
        let used = containerd.enabled.get() != Some(&false);
        if let Some(field) = containerd.address.field().filter(|_| used)
            && is_same_file(path, &field.value)
        {
            report(sink, "worker.containerd.address", later)
                .also(field.span.inner(), "the socket of containerd, which is deleted")
                .note("whatever else uses containerd there loses it too, until it is restarted");
        }
    }
}

fn report<'s>(sink: &'s mut Sink<'_>, other: &str, later: &Listener<'_>) -> &'s mut Finding {
    let file = matches!(later.address, Address::Unix(_) | Address::Pipe(_));
    let verb = if file { "takes the socket of" } else { "needs the port of" };
    let finding =
        sink.report(later.span.inner(), format!("`{}` {verb} `{other}`", later.key)).key(later.key);
    if file {
        finding
            .label("whatever is at this path is removed first")
            .note("the daemon starts, and who connects reaches the wrong service")
            .help("give each a path of its own")
    } else {
        finding.label("already taken by then").help("give each a port of its own")
    }
}
