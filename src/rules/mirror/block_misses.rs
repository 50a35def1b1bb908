//! A table that its mirror does not find.

use crate::hosts::{Miss, content, rename};
use crate::report::{Fix, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "block_misses", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let Some((mirror, miss)) = table.misses() else { continue };
        let host = &*mirror.host;
        let label = match miss {
            Miss::Decorated => "path and scheme take no part in the look-up",
            Miss::Case => "compared byte by byte",
            Miss::Port => "the port takes part in the look-up",
        };
        let title = if entry.name.contains('@') {
            format!("table is not used for the mirror `{host}`")
        } else {
            format!("`[registry.\"{}\"]` is not used for the mirror `{host}`", entry.name)
        };
        let finding = sink
            .report(content(context.source, entry.key), title)
            .label(label)
            .also(content(context.source, mirror.element.span), format!("looked up as `{host}`"))
            .note("the mirror has default settings: HTTPS with the system's certificates");
        // On another port there may be a registry of its own.
        if miss == Miss::Port {
            finding.level(Level::Warn);
        }
        finding.fix(rename(Fix::unsafe_("name it as the mirror is looked up"), entry, host));
    }
}
