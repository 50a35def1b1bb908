//! A mirror with a scheme of another protocol.

use crate::hosts::{is_literal, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "other_scheme", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let Some((written, _)) = mirror.scheme else { continue };
        if written.eq_ignore_ascii_case("http") || written.eq_ignore_ascii_case("https") {
            continue;
        }
        let (host, path) = (&*mirror.host, &*mirror.path);
        let span = part(context.source, mirror.element, 0, written.len() + 3);
        let finding = sink
            .report(
                span,
                format!("`{written}://` of a mirror is dropped, mirrors are asked over HTTPS"),
            )
            .label("no effect")
            .help("name the host of a registry, with its port and path if need be");
        // What cannot be taken apart may hold a secret.
        if mirror.is_host() {
            finding.note(format!("buildkitd tries https://{host}{path}"));
        }
        // What is left of a socket's or folder's address is no host.
        if is_literal(context.source, mirror.element) && mirror.is_host() && !host.ends_with(':') {
            finding.fix(Fix::unsafe_("name the host alone").remove(span));
        }
    }
}
