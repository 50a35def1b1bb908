//! The same address twice.

use crate::report::{Fix, Impact, Level};
use crate::rules::grpc::address::{Address, Taken, listeners};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "duplicate_address", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut all = listeners(&context.decoded.config);
    all.retain(|listener| listener.key == "grpc.address");
    let mut taken = Taken::default();
    for (at, item) in all.iter().enumerate() {
        let first = taken.claim(at, &item.address).and_then(|first| all.get(first));
        let Some(first) = first else { continue };
        let written = item.written;
        let title = if first.written == written {
            format!("`{written}` is listed twice")
        } else {
            format!("`{written}` is taken by `{}`", first.written)
        };
        let finding = sink
            .report(item.span.inner(), title)
            .key("grpc.address")
            .also(first.span.inner(), "listed before it")
            .help("remove one of them");
        match item.address {
            Address::Tcp(..) => finding
                .label("already taken by then")
                .note("buildkitd reads the file, says \"address already in use\" and exits"),
            Address::Fd(_) => finding.label("nothing is left for it").note(
                "buildkitd takes the socket that systemd passes on once, finds no second one and \
                 exits",
            ),
            Address::Unix(_) | Address::Pipe(_) => finding
                .label("replaces the first socket")
                .level(Level::Warn)
                .impact(Impact::Ignored)
                .note("the daemon starts and answers; the first listener is never reached"),
        };
        if first.written == written {
            let fix = Fix::unsafe_("remove the second one");
            fix.remove_element(&context.layout, item.span).map(|fix| finding.fix(fix));
        }
    }
}
