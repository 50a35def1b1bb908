//! A private key beside the sources.

use crate::discover::is_ignored;
use crate::rules::certificate::shared::report;
use crate::rules::{Context, Rule, Sink};
use crate::settings::absolute;

/// See the page.
pub static RULE: Rule = rule!("certificate", "key_in_work_tree", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        let Some(place) = &file.place else { continue };
        if file.content().is_none_or(|content| content.keys.is_empty()) {
            continue;
        }
        if is_ignored(&absolute(place, context.world), context.world) != Some(false) {
            continue;
        }
        report(sink, file, format!("{} lies in a git work tree", file.role.name()))
            .label("git does not ignore it")
            .note("a key that was committed once is known to all who can read the repository")
            .help("keep it out of the tree; if it was committed, have a new pair issued");
    }
}
