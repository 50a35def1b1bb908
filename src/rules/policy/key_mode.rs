//! More users may read or write a private key than the policy allows.

use crate::config::keys::parse_mode;
use crate::policy::Params;
use crate::rules::certificate::shared::report;
use crate::rules::policy::shared::{reason, unseen};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!(Facts, "policy", "key_mode", check);

fn check(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((value, origin)) = params.get("max") else { return };
    let Some(widest) = value.text().and_then(parse_mode) else { return };
    unseen(context, sink, &["grpc.tls.key"]);
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        let mode = file.place.as_deref().and_then(|place| context.world.mode(place));
        match mode {
            Some(_) if !file.is_own() => {
                sink.undecided(&file.key, "only a copy of it was looked at");
            }
            Some(mode) if mode & !widest != 0 => {
                let role = file.role.name();
                let message =
                    format!("mode of the {role} is {mode:04o}, expected {widest:04o} at most");
                let finding = report(sink, file, message).label(who(mode & !widest));
                finding.labels.push(origin.label());
                finding.help(format!("chmod {:04o} {}", mode & widest, file.path));
            }
            Some(_) => {}
            None => sink.undecided(&file.key, reason(context, file)),
        }
    }
}

/// Who has a right too many.
fn who(excess: u32) -> &'static str {
    match (excess & 0o070 != 0, excess & 0o007 != 0) {
        (_, true) => "open to every user",
        (true, false) => "open to its group",
        (false, false) => "open to its owner",
    }
}
