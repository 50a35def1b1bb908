//! A key belongs to another program's configuration.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::rules::schema::unknown;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "foreign_dialect", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Foreign(program) = &unknown.class else { continue };
        let name = dotted(unknown.path.iter().take(unknown.at + 1));
        sink.report(unknown.part, format!("`{name}` belongs to {program}"))
            .label("passed over without a word")
            .key(dotted(&unknown.path))
            .help("mirrors are written as `mirrors = [\"host\"]` under `[registry.\"docker.io\"]`");
    }
}
