//! `[Registry."host"]`, which buildx does not find.

use crate::copier::Refusal;
use crate::decode::Oddity;
use crate::report::Fix;
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "registry_letter_case", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let spelt = context.decoded.oddities.iter().filter_map(|oddity| match oddity {
        Oddity::Case { span, name } if *name == "registry" => Some(*span),
        _ => None,
    });
    for span in spelt {
        // Which waits for the deployment, without which `schema::letter_case` speaks.
        if context.settings.deploy.is_none() {
            return sink.needs_deploy();
        }
        let missed = context.copies().refusals().iter();
        let hosts: Vec<_> = missed
            .filter_map(|refusal| match refusal {
                Refusal::LetterCase(host) => Some(*host),
                _ => None,
            })
            .collect();
        if creating(context, sink).is_none() || hosts.is_empty() {
            return;
        }
        sink.report(span, format!("buildx does not find `{}`", context.source.slice(span)))
            .label("it looks for `registry`, letter by letter")
            .note(
                "the daemon takes it in any letter case; `docker buildx create` ends with \
                 \"invalid registry config\"",
            )
            .help("write it in small letters")
            .fix(Fix::safe("write it in small letters").replace(span, "registry"));
    }
}
