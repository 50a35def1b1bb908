//! A mirror with `http://`.

use crate::decode::dotted;
use crate::effective::{Tls, is_localhost};
use crate::hosts::{is_literal, part};
use crate::report::{Fix, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "http_scheme", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let Some((written, rest)) = mirror.scheme else { continue };
        let (host, path, block) = (&*mirror.host, &*mirror.path, mirror.block);
        if !written.eq_ignore_ascii_case("http") || !mirror.is_host() {
            continue;
        }
        // With HTTP allowed in the mirror's table, or for localhost, it is as written.
        let harmless = matches!(mirror.tls, Tls::Plain | Tls::UnverifiedOrPlain);
        let span = part(context.source, mirror.element, 0, written.len() + 3);
        let fix = is_literal(context.source, mirror.element)
            .then(|| Fix::unsafe_("name the host alone").remove(span));
        if harmless {
            let why = if is_localhost(host) && block.is_none_or(|block| block.http.is_absent()) {
                "localhost is contacted over HTTP anyway"
            } else {
                "HTTP comes from the mirror's own table"
            };
            let finding = sink
                .report(span, "`http://` of a mirror is dropped")
                .level(Level::Note)
                .label("no effect")
                .note(why);
            fix.map(|fix| finding.fix(fix));
            continue;
        }
        let finding = sink
            .report(span, "`http://` mirror is contacted over HTTPS")
            .label("dropped by buildkitd")
            .note(format!(
                "buildkitd tries https://{host}{path} and, when that fails, the next host; only a \
                 log line of level info tells"
            ));
        let own = match block {
            None => "the mirror's own table".into(),
            Some(_) => format!("`[registry.\"{host}\"]`"),
        };
        finding.help(format!("name the host alone and allow HTTP in {own}"));
        // A password is not carried over.
        let fix = fix.filter(|_| !rest.contains('@'));
        let (layout, pair) = (&context.layout, [("http", "true")]);
        let fix = match block {
            None => {
                let header = dotted(["registry", host]);
                fix.map(|fix| fix.add_table(layout, Some(mirror.entry.key), &header, &pair))
            }
            Some(block) if block.http.is_absent() => {
                fix.and_then(|fix| fix.add_pairs(layout, &["registry", host], &pair))
            }
            Some(_) => None,
        };
        fix.map(|fix| finding.fix(fix));
    }
}
