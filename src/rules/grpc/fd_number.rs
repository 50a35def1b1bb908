//! `fd://` with something behind it.

use crate::hosts::content;
use crate::report::Fix;
use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("grpc", "fd_number", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for listener in listeners(&context.decoded.config) {
        let Address::Fd(rest) = listener.address else { continue };
        if rest.is_empty() {
            continue;
        }
        let written = listener.written;
        let inner = content(context.source, listener.span);
        let finding = sink
            .report(inner, format!("`{written}` chooses a socket, only `fd://` alone is supported"))
            .key(listener.key)
            .label("no name or number may follow")
            .note("buildkitd reads the file, says \"not supported yet\" and exits");
        if context.source.slice(inner) == written {
            let rest = Span::new(inner.start + 5, inner.end);
            finding.fix(Fix::unsafe_("take the first socket that systemd passes on").remove(rest));
        }
    }
}
