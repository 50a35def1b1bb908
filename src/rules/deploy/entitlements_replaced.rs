//! Entitlements of the file that flags take away.

use crate::deployment::By;
use crate::model::Element;
use crate::report::Fix;
use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "entitlements_replaced", check);

const FLAG: &str = "--allow-insecure-entitlement";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let items = context.decoded.config.insecure_entitlements.items();
    if context.launch.granted_by.is_none() && items.iter().any(|item| is_known(&item.value)) {
        driver(context, sink);
        return;
    }
    let lost = lost(context);
    let (Some(by), Some(first)) = (context.launch.granted_by, lost.first()) else { return };
    let flags: Vec<_> =
        context.launch.granted().iter().map(|name| format!("`{FLAG}={name}`")).collect();
    let who = if by == By::Buildx { "buildx drops" } else { "flags drop" };
    let finding = sink
        .report(first.span.inner(), format!("{who} `{}`", first.value))
        .key("insecure-entitlements")
        .label("not granted");
    for item in lost.get(1..).unwrap_or_default() {
        finding.also(item.span.inner(), "not granted");
    }
    let host_option = context.settings.create.option("network") == Some("host");
    let why = match by {
        By::Buildx if host_option => "because of `--driver-opt network=host`, buildx starts",
        By::Buildx => "the list lacks `network.host`, so buildx starts",
        By::Action => "docker/setup-buildx-action starts",
        By::User => "the arguments start",
        By::Builder => "the builder was created to start",
    };
    finding.note(format!("{why} buildkitd with {}; flags replace the list", flags.join(" and ")));
    finding.note(format!(
        "builds then fail with \"granting entitlement {} is not allowed by build daemon \
         configuration\"",
        first.value
    ));
    if let Some(deploy) = context.settings.deploy.filter(|_| by != By::Builder) {
        finding.note(format!("judged for `--deploy {deploy}`"));
    }
    match (by, items.last()) {
        (By::Buildx, Some(last)) if !host_option => finding
            .help("list `network.host` too, which buildx grants anyway (buildx 0.18 or later)")
            .fix(Fix::unsafe_("list `network.host`").insert(last.span.end, ", \"network.host\"")),
        _ => finding.help(format!(
            "name it among the flags as well: `--buildkitd-flags` with `{FLAG}={}`",
            first.value
        )),
    };
}

/// What the file lists and the flags leave out.
pub(super) fn lost<'a>(context: &'a Context<'_>) -> Vec<&'a Element<'a>> {
    let config = &context.decoded.config;
    let granted = context.launch.granted();
    if context.launch.granted_by.is_none() {
        return Vec::new();
    }
    // `device` is granted as long as CDI is on, whatever is listed (`newController` of upstream's
    // `cmd/buildkitd/main.go`).
    let device = !config.cdi.disabled.is_true();
    let items = config.insecure_entitlements.items().iter();
    items
        .filter(|item| is_known(&item.value) && !granted.contains(&item.value.as_ref()))
        .filter(|item| item.value != "device" || !device)
        .collect()
}

/// What buildkitd takes from the file.
fn is_known(name: &str) -> bool {
    matches!(name, "network.host" | "security.insecure" | "device")
}
