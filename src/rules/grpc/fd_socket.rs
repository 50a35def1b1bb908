//! Socket activation that hands over no socket.

use std::path::Path;

use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("grpc", "fd_socket", check);

/// Where systemd finds units.
const UNITS: [&str; 4] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for listener in listeners(&context.decoded.config) {
        if !matches!(listener.address, Address::Fd("")) {
            continue;
        }
        let span = listener.span.inner();
        match is_activated(context) {
            Err(reason) => sink.start_unchecked("the socket unit for `fd://`", reason),
            Ok(true) => {}
            Ok(false) => {
                sink.report(span, "`fd://` waits for a socket that nothing here hands over")
                    .key(listener.key)
                    .label("no socket unit of systemd names buildkit")
                    .note("without one buildkitd ends with \"no sockets found via socket activation\"")
                    .help("install `buildkit.socket`, or listen on a `unix://` address");
            }
        }
    }
}

/// Whether a socket unit of this machine is about buildkit.
fn is_activated(context: &Context<'_>) -> Result<bool, &'static str> {
    const LIMIT: u64 = 64 << 10;
    for folder in UNITS {
        let folder = context.look(folder)?;
        for entry in context.world.list(&folder).unwrap_or_default() {
            let socket = Path::new(&entry.name).extension().is_some_and(|end| end == "socket");
            if !socket || entry.kind == Some(Kind::Folder) {
                continue;
            }
            let text = || context.world.read(&folder.join(&entry.name), LIMIT).unwrap_or_default();
            if entry.text().contains("buildkit")
                || String::from_utf8_lossy(&text()).contains("buildkit")
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
