//! A builder that never reads its file.

use crate::args::buildx::Driver;
use crate::copier::{CONFIG, HOME};
use crate::deployment::is_rootless;
use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "file_not_read", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((_, first)) = context.tree.top().next() else { return };
    // Only what is said on the command line can make it happen.
    if context.settings.create.is_empty() && context.settings.daemon_args.is_empty() {
        return;
    }
    let Some(driver) = driver(context, sink) else { return };
    let place = format!("{HOME}/{CONFIG}");
    let other = context.launch.flags.values("config").last().filter(|path| *path != place);
    if let Some(other) = other {
        sink.report(first.span, format!("buildkitd reads `{other}` instead of this file"))
            .label("no key of this file reaches the builder")
            .note(format!(
                "buildx itself passes `--config {place}`, in front of the flags; the last one counts"
            ))
            .help("leave the flag out");
    } else if driver == Driver::Kubernetes
        && is_rootless(&context.settings.create)
        && context.launch.flags.values("config").next().is_none()
    {
        sink.report(first.span, "a rootless builder in Kubernetes reads no file")
            .label("no key of this file reaches the builder")
            .note(format!(
                "the kubernetes driver puts it at {place} and passes no `--config`; without root \
                 buildkitd looks in `$HOME/.config/buildkit`"
            ))
            .help(format!("name it: `--buildkitd-flags '--config {place}'`"));
    }
}
