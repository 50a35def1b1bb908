//! A named pipe for a daemon on Linux.

use crate::hosts::content;
use crate::report::Fix;
use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::settings::Deploy;
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("grpc", "named_pipe", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // Rootless daemons, and builders that buildx makes, run on Linux.
    let linux = !matches!(context.settings.deploy, None | Some(Deploy::Daemon));
    for listener in listeners(&context.decoded.config) {
        let Address::Pipe(path) = listener.address else { continue };
        let pipe = path.replace('\\', "/").to_ascii_lowercase();
        if pipe.starts_with("//./pipe/") && !linux {
            continue;
        }
        let inner = content(context.source, listener.span);
        let finding = sink
            .report(inner, "`npipe://` makes a socket that every user may write to")
            .key(listener.key)
            .label(if linux { "pipes are a thing of Windows" } else { "not the path of a pipe" })
            .note(format!(
                "on Linux buildkitd listens at {path} with mode 0666; `uid` and `gid` are not used"
            ));
        if path.starts_with('/') && !path.starts_with("//") {
            let scheme = Span::new(inner.start, inner.start + 5);
            finding.fix(Fix::unsafe_("listen on a unix socket").replace(scheme, "unix"));
        } else {
            finding.help("write `unix:///run/buildkit/buildkitd.sock`");
        }
    }
}
