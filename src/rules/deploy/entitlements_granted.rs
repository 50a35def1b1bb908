//! Entitlements that flags grant although the file leaves them out.

use crate::deployment::By;
use crate::rules::deploy::driver;
use crate::rules::deploy::entitlements_replaced::lost;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "entitlements_granted", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let list = &context.decoded.config.insecure_entitlements;
    let Some(list) = list.field() else { return };
    let listed = |name: &str| list.value.iter().any(|item| item.value == name);
    if listed("network.host") && listed("security.insecure") {
        return;
    }
    if context.launch.granted_by.is_none() {
        // With a deployment of buildx flags may come; a listed `network.host` keeps it from them,
        // and docker/setup-buildx-action from nothing.
        driver(context, sink);
        return;
    }
    let granted = context.launch.granted();
    // Who lists one thing does not mean to forbid the network; who lists nothing may.
    let meant = |name: &str| !listed(name) && (name != "network.host" || list.value.is_empty());
    let first = granted.into_iter().find(|name| meant(name));
    let Some((by, first)) = context.launch.granted_by.zip(first) else { return };
    if !lost(context).is_empty() {
        return;
    }
    let whose = match by {
        By::User => "the flags replace it",
        By::Buildx => {
            "buildx starts buildkitd with `--allow-insecure-entitlement=network.host`, which \
             replaces it"
        }
        By::Action => {
            "docker/setup-buildx-action gives the flags for `security.insecure` and \
             `network.host`, which replace it"
        }
        By::Builder => "the builder was created with flags that replace it",
    };
    let finding = sink
        .report(list.span, format!("`{first}` is granted without being listed"))
        .key("insecure-entitlements")
        .label("replaced by flags");
    finding.note(format!("the list reads as if this were forbidden; {whose}"));
    match by {
        By::Buildx => finding.help(
            "buildx adds no flag if one names an entitlement: with \
             `--buildkitd-flags=--allow-insecure-entitlement=device` no other is granted",
        ),
        By::Action => finding.help(
            "give the action's input `buildkitd-flags`, such as \
             `--allow-insecure-entitlement=network.host`, or list what is granted",
        ),
        By::User | By::Builder => finding.help("leave the flag out, or list what is granted"),
    };
}
