//! What lies behind the first MiB.

use crate::copier::{LIMIT, Look, Refusal};
use crate::report::{Impact, Level};
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "over_one_mib", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let lost = context.tree.top().find(|(_, node)| node.span.end > LIMIT);
    if let Some((_, node)) = lost
        && creating(context, sink).is_some()
    {
        let refusal = context.copies().refusals().first();
        let finding = sink
            .report(node.span, "buildx reads one MiB of the file and drops the rest")
            .label("lost from here on");
        match refusal {
            Some(Refusal::CutInside) => finding.impact(Impact::Build).note(
                "the cut falls inside a value, and `docker buildx create` ends with \"failed to \
                 parse buildkit configuration file\"",
            ),
            Some(Refusal::Behind(_)) => finding.impact(Impact::Build).note(
                "registries behind it are missed: `docker buildx create` ends with \"invalid \
                 registry config\"",
            ),
            _ => finding.note("nothing is said; the builder has the defaults instead"),
        };
        finding.help("shorten the file; comments count too");
    }
    for file in context.copies().files.iter().filter(|file| file.look == Look::Cut) {
        if creating(context, sink).is_none() {
            return;
        }
        sink.report(file.span, format!("`{}` is longer than one MiB", file.path))
            .level(Level::Warn)
            .label("cut by buildx")
            .note("nothing is said; certificates behind the first MiB are not in the builder")
            .help("name the certificates that are needed, and not a whole bundle");
    }
}
