//! `http` and `insecure` together.

use crate::hosts::is_public;
use crate::release::Release;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "http_and_insecure", check);

/// The first release that tries HTTPS before HTTP.
const HTTPS_FIRST: Release = Release::new(12, 3);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let (Some(http), Some(insecure)) = (entry.http.field(), entry.insecure.field()) else {
            continue;
        };
        // Public registries, keys that were meant for mirrors and tables that nothing leads to
        // have rules of their own.
        if !http.value
            || !insecure.value
            || is_public(&entry.name)
            || !table.is_reached()
            || !table.stranded().is_empty()
        {
            continue;
        }
        let target = context.settings.buildkit;
        let finding = if target.all_before(HTTPS_FIRST) {
            sink.report(insecure.key, "`insecure = true` beside `http = true` tries HTTP first")
                .label("any certificate is taken, where there is no HTTP")
                .also(http.key, "tried first, in plain text")
        } else {
            sink.report(insecure.key, "`insecure = true` beside `http = true` tries HTTPS first")
                .label("any certificate is taken, if there is one")
                .also(http.key, "tried when HTTPS fails")
                .note("buildkitd falls back to plain HTTP, so it works either way")
        };
        if target.some_before(HTTPS_FIRST) && !target.all_before(HTTPS_FIRST) {
            finding.note("before v0.12.3 it tries HTTP first");
        }
        finding.help(
            "keep `http` for a registry without TLS, `insecure` for one with a certificate \
                   of its own",
        );
        let fix = Fix::unsafe_("speak plain HTTP alone");
        fix.remove_pair(&context.layout, insecure.key).map(|fix| finding.fix(fix));
    }
}
