//! More name servers than resolvers read.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("dns", "too_many", check);

/// How many glibc and musl read.
const READ: usize = 3;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let servers = context.decoded.config.dns.nameservers.items();
    if let Some(beyond) = servers.get(READ) {
        let finding = sink
            .report(
                beyond.span,
                format!("{} nameservers, but resolvers read {READ}", servers.len()),
            )
            .key("dns.nameservers")
            .label("not asked, like all behind it")
            .note("buildkitd writes all of them to resolv.conf; glibc and musl read three");
        // A resolver that reads more would ask it.
        let fix = Fix::unsafe_("leave it out");
        fix.remove_element(&context.layout, beyond.span).map(|fix| finding.fix(fix));
    }
}
