//! A key belongs to another program's configuration.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::rules::schema::{unknown, written};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "foreign_dialect", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Foreign(dialect) = &unknown.class else { continue };
        let name = named(unknown.path.iter().take(unknown.at + 1));
        let finding = sink
            .report(unknown.part, format!("`{name}` belongs to {}", dialect.program))
            .label("passed over without a word")
            .key(named(&unknown.path))
            .help(dialect.help);
        if let Some(known) = dialect.known {
            let fix = Fix::unsafe_(format!("write `{known}`"));
            finding.fix(fix.rename(&context.layout, unknown.part, &written(known)));
        }
    }
}
