//! The same address twice.

use crate::report::{Fix, Impact, Level};
use crate::rules::grpc::address::{host_port, split};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("grpc", "duplicate_address", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let items = context.decoded.config.grpc.address.items();
    for (at, item) in items.iter().enumerate() {
        let before = items.get(..at).unwrap_or_default();
        let Some(first) = before.iter().find(|other| other.value == item.value) else { continue };
        let Some(last) = before.last() else { continue };
        let tcp = match split(&item.value) {
            // Port 0 is another free port each time.
            Some(("tcp", rest)) => match host_port(rest) {
                Some((_, port)) if !port.is_empty() && port != "0" => true,
                _ => continue,
            },
            Some(("unix", _)) => false,
            _ => continue,
        };
        let finding = sink
            .report(item.span.inner(), format!("`{}` is listed twice", item.value))
            .key("grpc.address")
            .also(first.span.inner(), "listed here already")
            .help("remove one of them");
        if tcp {
            finding
                .label("already taken by then")
                .note("buildkitd reads the file, says \"address already in use\" and exits");
        } else {
            finding
                .label("replaces the first socket")
                .level(Level::Warn)
                .impact(Impact::Ignored)
                .note("the daemon starts and answers; the first listener is never reached");
        }
        // A comment in between is the user's; only a bare comma goes with the value.
        let gap = Span::new(last.span.end, item.span.start);
        if context.source.slice(gap).trim() == "," {
            let cut = Span::new(last.span.end, item.span.end);
            finding.fix(Fix::unsafe_("remove the second one").remove(cut));
        }
    }
}
