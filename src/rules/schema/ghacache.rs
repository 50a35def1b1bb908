//! `[ghacache]` is read by nothing.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::release::Release;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "ghacache", check);

/// The first release that signs cache.
const SIGNATURES: Release = Release::new(27, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::GhaCache = &unknown.class else { continue };
        let finding = sink
            .report(unknown.part, "`ghacache` is read by nothing, expected `cache.gha`")
            .label("ignored by buildkitd, though its sample file has it")
            .key(named(&unknown.path))
            .note("signing and verification of the cache stay off");
        if context.settings.buildkit.some_before(SIGNATURES) {
            finding.help("use the name that the code reads, which it does since v0.27");
        } else {
            let fix = Fix::unsafe_("use the name that the code reads");
            finding.fix(fix.replace(unknown.part, "cache.gha"));
        }
    }
}
