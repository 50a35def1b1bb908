//! A certificate has a key of a kind, or of a size, that the policy does not allow.

use crate::cert::{Algorithm, Key};
use crate::policy::Params;
use crate::rules::certificate::shared::{first, more, report, show, which};
use crate::rules::policy::shared::certificates;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Facts, "policy", "key_strength", check);

fn check(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>) {
    let allowed = params.texts("allow");
    let least = params.number("min-rsa-bits");
    let judge = |key: &Key| match (&allowed, least) {
        (Some((kinds, origin)), _) if !kinds.contains(&kind(key)) => Some((
            match kinds.as_slice() {
                [] => "none, as the list of what is allowed is empty".to_owned(),
                kinds => kinds.join(" or "),
            },
            *origin,
        )),
        (_, Some((least, origin))) if is_small(key, least) => {
            Some((format!("at least {least} bits"), origin))
        }
        _ => None,
    };
    for file in certificates(context, sink) {
        let weak = file.judged().iter().filter_map(|one| Some((one, judge(&one.key)?)));
        let Some(((certificate, (expected, origin)), others)) = first(weak) else { continue };
        let (role, key) = (file.role.name(), &certificate.key);
        let message = format!("key of the {role} is {key}, expected {expected}");
        let finding = report(sink, file, message).label(which(file, certificate));
        show(finding, context, file, certificate).labels.push(origin.label());
        more(finding, others);
        finding.help("have it issued with another key");
    }
}

/// As the policy names it.
fn kind(key: &Key) -> String {
    match &key.algorithm {
        Algorithm::Rsa => "rsa".to_owned(),
        Algorithm::Ecdsa => format!("p{}", key.bits),
        Algorithm::Ed25519 => "ed25519".to_owned(),
        Algorithm::Other(oid) => oid.clone(),
    }
}

fn is_small(key: &Key, least: i64) -> bool {
    key.algorithm == Algorithm::Rsa && i64::try_from(key.bits).is_ok_and(|bits| bits < least)
}
