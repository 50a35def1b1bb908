//! A server certificate that is valid for longer than some clients accept.

use crate::clock::DAY;
use crate::rules::certificate::shared::{days, report, show, which};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;

/// See the page.
pub static RULE: Rule = rule!("certificate", "long_lived", check);

/// What Apple's systems accept at most, whoever issued it.
const LIMIT: i64 = 825;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role == Role::ServerCert) {
        let Some(leaf) = file.leaf() else { continue };
        let life = leaf.not_after.saturating_sub(leaf.not_before) / DAY;
        if life <= LIMIT {
            continue;
        }
        let finding = report(sink, file, format!("server certificate is valid for {}", days(life)));
        finding.label(which(file, leaf));
        show(finding, context, file, leaf);
        finding
            .note(format!("macOS refuses server certificates that are valid for over {LIMIT} days"))
            .help("issue it for a year, and renew it in time");
    }
}
