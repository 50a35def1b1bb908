//! Token requests go by the settings of the first mirror.

use crate::effective::{Tls, origin};
use crate::hosts::content;
use crate::report::Impact;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "token_settings", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let Some(first) = table.mirrors.first().filter(|first| first.is_host()) else { continue };
        let origin = origin(&entry.name, Some(entry));
        if first.host == origin.host {
            continue;
        }
        let loose = |tls| matches!(tls, Tls::Unverified | Tls::UnverifiedOrPlain);
        let title =
            || format!("tokens for `{}` are fetched with its mirror's settings", entry.name);
        let here = content(context.source, first.element.span);
        let note = "this is so for tokens that buildkitd fetches itself; buildx and buildctl \
                    usually fetch them for it";
        if loose(first.tls) && !loose(origin.tls) {
            let finding = sink
                .report(here, title())
                .impact(Impact::Exposure)
                .label("the first host that is asked")
                .note("any certificate of the token server is taken, and it gets the credentials")
                .note(note);
            if let Some(off) = first.block.and_then(|block| block.insecure.field()) {
                finding.also(off.key.to(off.span), "goes for the token server too");
            }
            continue;
        }
        // Where an option misses the mirror itself, another rule says so.
        let lacks = |file: &str| {
            let own = first.block.map_or(&[][..], |block| block.ca.items());
            !own.iter().any(|other| other.value == file)
        };
        let ca = entry.ca.field().filter(|ca| ca.value.iter().any(|file| lacks(&file.value)));
        if let Some(ca) = ca.filter(|_| !loose(first.tls) && table.stranded().is_empty()) {
            sink.report(here, title())
                .impact(Impact::Build)
                .label("the first host that is asked")
                .also(ca.key, "not used for the token server")
                .note("a token server whose certificate this `ca` signed is not trusted")
                .note(note);
        }
    }
}
