//! A socket where a regular file lies.

use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("grpc", "deletes_file", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.driver().is_some() {
        // The container has no file of the host.
        return;
    }
    for listener in listeners(&context.decoded.config) {
        let Address::Unix(path) = listener.address else { continue };
        let Some(place) = context.path(path) else {
            sink.unchecked(path.to_owned(), context.unseen(path));
            continue;
        };
        if context.world.kind(&place) == Ok(Kind::File) {
            sink.report(listener.span.inner(), format!("`{path}` is a file, and will be deleted"))
                .key(listener.key)
                .label("no socket")
                .note("buildkitd unlinks what is at the path of a socket before it listens")
                .help("name a path that nothing else uses");
        }
    }
}
