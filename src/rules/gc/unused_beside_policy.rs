//! Limits of a worker that has rules of its own.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "unused_beside_policy", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        // Beside `gc = false` the rules are void too.
        if worker.gc.get() == Some(&false) {
            continue;
        }
        let Some(policy) = worker.gcpolicy.first() else { continue };
        let sizes = [
            ("gckeepstorage", &worker.gckeepstorage),
            ("reservedSpace", &worker.reserved_space),
            ("maxUsedSpace", &worker.max_used_space),
            ("minFreeSpace", &worker.min_free_space),
        ];
        let mut set = sizes.into_iter().filter_map(|(key, leaf)| Some((key, leaf.field()?.key)));
        let fix = set.clone().try_fold(Fix::unsafe_("remove what is not read"), |fix, (_, key)| {
            fix.remove_pair(&context.layout, key)
        });
        let Some((key, span)) = set.next() else { continue };
        let finding = sink
            .report(span, format!("`{key}` has no effect beside `gcpolicy`"))
            .key(format!("{name}.{key}"))
            .label("not read");
        for (_, span) in set {
            finding.also(span, "nor this");
        }
        finding
            .also(policy.key, "replaces the built-in rules, which alone use it")
            .note("the cache is limited by what stands in the rules, and by nothing else")
            .help("write the limit into the rules, or remove them and keep the limit");
        fix.map(|fix| finding.fix(fix));
    }
}
