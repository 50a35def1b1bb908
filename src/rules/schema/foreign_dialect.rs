//! A key belongs to another program's configuration.

use crate::decode::classify::Class;
use crate::decode::dotted;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "foreign_dialect", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Foreign(program) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        sink.report(unknown.part, format!("`{name}` belongs to {program}"))
            .label("ignored by buildkitd")
            .key(dotted(&unknown.path))
            .note("buildkitd passes over it without a word")
            .help("mirrors are written as `mirrors = [\"host\"]` under `[registry.\"docker.io\"]`");
    }
}
