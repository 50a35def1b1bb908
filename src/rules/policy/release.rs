//! A release of BuildKit is older than the policy allows.

use crate::policy::Params;
use crate::release::{Release, Releases};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!(Facts, "policy", "release", check);

fn check(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((value, origin)) = params.get("min") else { return };
    let Some(Ok(least)) = value.text().map(str::parse::<Release>) else { return };
    let settings = context.settings;
    let image = settings.driver().and(settings.create.option("image"));
    let image = image.and_then(|image| Some((image.parse().ok()?, image)));
    let (target, label) = match image {
        Some((release, image)) => (Releases::only(release), format!("to run in {image}")),
        None if settings.is_release_known => {
            (settings.buildkit, format!("to be read by {}", settings.buildkit.words()))
        }
        None => return sink.undecided("buildkit", "needs --buildkit, or `[deployment]`"),
    };
    if target.all_since(least.first()) {
        return;
    }
    let place = context.tree.top().next().map_or(Span::at(0), |(_, node)| node.span);
    let (words, least) = (target.words(), least.first().name());
    let finding = sink.report(place, format!("release is {words}, expected {least} or newer"));
    finding.label(label).labels.push(origin.label());
    finding.help("run a newer release, or correct `[deployment]`");
}
