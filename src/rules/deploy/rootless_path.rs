//! A place that only root can write to.

use crate::rules::{Context, Rule, Sink};
use crate::settings::Deploy;

/// See the page.
pub static RULE: Rule = rule!("deploy", "rootless_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.deploy.is_some_and(|deploy| deploy != Deploy::Rootless) {
        return;
    }
    let config = &context.decoded.config;
    let text = |leaf: &crate::model::Str<'_>, key, default| {
        let field = leaf.field()?;
        Some((field.span.inner(), field.value.to_string(), key, default))
    };
    let addresses = config.grpc.address.items().iter().filter_map(|item| {
        let path = item.value.strip_prefix("unix://")?;
        let default = "unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock";
        Some((item.span.inner(), path.to_owned(), "grpc.address", default))
    });
    let root = text(&config.root, "root", "$XDG_DATA_HOME/buildkit");
    let otel = "$XDG_RUNTIME_DIR/buildkit/otel-grpc.sock";
    let otel = text(&config.otel.socket_path, "otel.socketPath", otel);
    for (span, path, key, default) in root.into_iter().chain(otel).chain(addresses) {
        if !is_roots(&path) {
            continue;
        }
        if context.settings.deploy.is_none() {
            return sink.needs_deploy();
        }
        sink.report(span, format!("`{path}` belongs to root"))
            .key(key)
            .label("not to the user who runs buildkitd")
            .note(
                "rootlesskit runs buildkitd as an ordinary user; it ends at start, or, below \
                 /run and /etc, writes to a copy that nobody outside sees",
            )
            .help(format!("leave the key out: the default is {default}"));
    }
}

/// Folders of the system where users have no place of their own.
fn is_roots(path: &str) -> bool {
    let system = ["/etc/", "/run/", "/usr/", "/var/lib/", "/var/run/"];
    let users = ["/run/user/", "/var/run/user/"];
    let below = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    below(&system) && !below(&users)
}
