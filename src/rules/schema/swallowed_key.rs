//! A key of the top level stands below a header, so it belongs to that table.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::rules::schema::place;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "swallowed_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Swallowed(name) = &unknown.class else { continue };
        let finding = sink.report(
            unknown.part,
            format!("`{name}` is swallowed by {}", place(&unknown.path, unknown.at)),
        );
        finding
            .label("read as a key of that table, and ignored")
            .key(named(&unknown.path))
            .note("buildkitd passes over it without a word")
            .help("move it above the first header");
        if unknown.span == unknown.part {
            let fix = Fix::unsafe_("move it above the first header");
            let fix = fix.move_pair(&context.layout, unknown.span, name, &[]);
            fix.map(|fix| finding.fix(fix));
        }
    }
}
