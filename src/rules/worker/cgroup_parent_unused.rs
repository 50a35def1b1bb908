//! A cgroup for steps that get none.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "cgroup_parent_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let parent = worker.default_cgroup_parent.field().filter(|p| !p.value.is_empty());
        let rootless = worker.rootless.field().filter(|rootless| rootless.value);
        let (Some(parent), Some(rootless)) = (parent, rootless) else { continue };
        sink.report(parent.key, "`defaultCgroupParent` has no effect beside `rootless`")
            .key(format!("{name}.defaultCgroupParent"))
            .label("removed from each step")
            .also(rootless.span, "steps get no cgroup")
            .help("remove it; limits can be set for the whole daemon");
    }
}
