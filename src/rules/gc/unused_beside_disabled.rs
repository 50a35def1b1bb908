//! Limits for a collection that is off.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "unused_beside_disabled", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(off) = worker.gc.field().filter(|gc| !gc.value) else { continue };
        let sizes = [
            ("gckeepstorage", &worker.gckeepstorage),
            ("reservedSpace", &worker.reserved_space),
            ("maxUsedSpace", &worker.max_used_space),
            ("minFreeSpace", &worker.min_free_space),
        ];
        let set = sizes.into_iter().filter_map(|(key, leaf)| Some((key, leaf.field()?.key)));
        let rules = worker.gcpolicy.first().map(|rule| ("gcpolicy", rule.key));
        let mut unread = set.chain(rules);
        let Some((key, span)) = unread.next() else { continue };
        let finding = sink
            .report(span, format!("`{key}` has no effect beside `gc = false`"))
            .key(format!("{name}.{key}"))
            .label("not read")
            .also(off.span, "turns all collection off")
            .help("remove `gc = false`, or the limits");
        for (_, span) in unread {
            finding.also(span, "nor this");
        }
    }
}
