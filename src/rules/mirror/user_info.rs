//! Credentials in a mirror.

use crate::hosts::{is_literal, part};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "user_info", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().decorated() {
        let rest = mirror.scheme.map_or(&*mirror.element.value, |(_, rest)| rest);
        let start = mirror.element.value.len() - rest.len();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let span = part(context.source, mirror.element, start, user.len() + 1);
        let what = if user.contains(':') {
            "user name and password of a mirror are"
        } else {
            "user name of a mirror is"
        };
        // The secret itself is never repeated.
        let finding = sink
            .report(span, format!("{what} dropped, expected the host alone"))
            .label("never sent")
            .note("the mirror is asked without credentials, and they can be read by whoever reads this file")
            .help("log in to the mirror's host where the build is started, and replace the password");
        if is_literal(context.source, mirror.element) {
            finding.fix(Fix::unsafe_("remove the credentials").remove(span));
        }
    }
}
