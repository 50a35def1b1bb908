//! A builder that does not listen where buildx calls it.

use crate::report::Fix;
use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "listener_unreachable", check);

const SOCKET: &str = "unix:///run/buildkit/buildkitd.sock";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(list) = context.decoded.config.grpc.address.field() else { return };
    let (Some(first), Some(last)) = (list.value.first(), list.value.last()) else { return };
    // In BuildKit's image /var/run leads to /run; without root the socket is the user's.
    let known = |address: &str| {
        address == SOCKET
            || address == "unix:///var/run/buildkit/buildkitd.sock"
            || address.starts_with("unix:///run/user/")
    };
    if list.value.iter().any(|address| known(&address.value)) {
        return;
    }
    let create = &context.settings.create;
    let elsewhere = create.option("env.BUILDKIT_HOST").is_some()
        || context.launch.flags.replacing("grpc.address").is_some();
    if driver(context, sink).is_none() || elsewhere {
        return;
    }
    sink.report(first.span.inner(), "the builder does not listen where buildx calls it")
        .key("grpc.address")
        .label("instead of the default, not beside it")
        .note(format!(
            "buildx runs `buildctl dial-stdio` in the container, which calls {SOCKET}; the \
             builder never comes up"
        ))
        .help("list that socket too, or leave the key out")
        .fix(Fix::unsafe_("list the socket").insert(last.span.end, format!(", \"{SOCKET}\"")));
}
