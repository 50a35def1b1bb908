//! A private key that every user of the machine may read.

use crate::rules::certificate::shared::report;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "key_readable", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().files.iter().filter(|file| file.role.is_key()) {
        let Some(place) = &file.place else { continue };
        let holds_key = file.content().is_some_and(|content| !content.keys.is_empty());
        let open = context.world.mode(place).is_some_and(|mode| mode & 0o004 != 0);
        if !file.is_own() || !holds_key || !open {
            continue;
        }
        report(sink, file, format!("{} can be read by every user", file.role.name()))
            .label("its mode allows it to others")
            .note("whoever has the key can pose as this daemon")
            .help(format!("take the right away: chmod o= {}", file.path));
    }
}
