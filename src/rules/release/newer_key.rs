//! A key of a newer release than the target's.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::report::Level;
use crate::rules::{Context, Rule, Sink, schema};

/// See the page.
pub static RULE: Rule = rule!("release", "newer_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in schema::unknown(context) {
        let Class::Newer(release) = unknown.class else { continue };
        let since = release.name();
        let name = context.source.slice(unknown.part);
        let finding = sink
            .report(unknown.part, format!("`{name}` is not known before {since}"))
            .key(named(&unknown.path))
            .label(format!(
                "ignored by {}",
                unknown.only.unwrap_or(context.settings.buildkit).words()
            ))
            .fact("since", release.to_string())
            .note("an older buildkitd passes over it without a word");
        if unknown.only.is_some() {
            // Part of the target reads it, so its writer may well know.
            finding.level(Level::Warn);
        }
        let older = unknown.table.iter().find(|key| {
            key.deprecated
                .is_some_and(|(_, by)| unknown.path.get(unknown.at).is_some_and(|name| name == by))
        });
        if let Some(older) = older {
            finding.help(format!("releases before {since} know `{}` in its place", older.name));
            if unknown.only.is_none() {
                let fix = Fix::unsafe_(format!("write `{}`", older.name));
                finding.fix(fix.rename(&context.layout, unknown.part, older.name));
            }
        }
    }
}
