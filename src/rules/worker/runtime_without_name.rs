//! A runtime without its name.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("worker", "runtime_without_name", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.containerd;
    let off = worker.enabled.get() == Some(&false);
    let runtime = &worker.runtime;
    let named =
        !runtime.name.is_absent() && !matches!(runtime.name.get(), Some(name) if name.is_empty());
    if off || named {
        return;
    }
    let path = runtime.path.field().map(|path| ("path", path.key));
    let options = runtime.options.places.first().map(|place| ("options", *place));
    let Some((key, span)) = path.or(options) else { return };
    let finding = sink.report(span, format!("`{key}` of the runtime has no effect without `name`"));
    finding
        .key(format!("worker.containerd.runtime.{key}"))
        .label("dropped with the whole table")
        .note("buildkitd uses containerd's default runtime with its defaults")
        .help("add `name = \"io.containerd.runc.v2\"`, or that of your runtime");
    if let (Some(_), Some((_, options))) = (path, options) {
        finding.also(options, "nor has this");
    }
}
