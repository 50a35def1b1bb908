//! A negative number of namespaces.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "pool_negative", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(pool) = worker.cni_pool_size.field().filter(|pool| pool.value < 0) else {
            continue;
        };
        sink.report(pool.span, "a negative `cniPoolSize` is the same as 0")
            .key(format!("{name}.cniPoolSize"))
            .label("no namespace is made in advance")
            .help("write how many steps usually start at once, or leave the line out");
    }
}
