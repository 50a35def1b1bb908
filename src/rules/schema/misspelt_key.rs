//! A key is misspelt, so buildkitd ignores it.

use crate::decode::classify::Class;
use crate::decode::{Unknown, named};
use crate::hash::HashMap;
use crate::report::Fix;
use crate::rules::schema::{is_table, place, unknown, written};
use crate::rules::{Context, Rule, Sink};
use crate::schema::Kind;
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "misspelt_key", check);

/// How many headers of one table are mended at a time.
const MANY: usize = 50;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut tables: HashMap<_, Vec<&Unknown<'_>>> = HashMap::default();
    for unknown in &context.decoded.unknown {
        if matches!(unknown.class, Class::Misspelt(_)) && is_table(context, unknown) {
            tables.entry(unknown.path.get(..=unknown.at)).or_default().push(unknown);
        }
    }
    for unknown in unknown(context) {
        let Class::Misspelt(known) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        let table = place(&unknown.path, unknown.at);
        let finding = sink.report(unknown.part, format!("`{name}` is not a key of {table}"));
        finding
            .label("passed over without a word")
            .key(named(&unknown.path))
            .help("a key with a similar name exists");
        let mut fix = rename(context, unknown, known);
        if is_table(context, unknown) {
            let all = tables.get(&unknown.path.get(..=unknown.at)).map_or(&[][..], Vec::as_slice);
            for again in all.iter().skip(1).take(MANY) {
                finding.also(again.part, "and here");
                fix = fix.replace(again.part, written(known));
            }
        }
        finding.fix(fix);
    }
}

/// The right name, and brackets around a lone string where the key takes an array of them.
fn rename(context: &Context<'_>, unknown: &Unknown<'_>, known: &str) -> Fix {
    let fix = Fix::unsafe_(format!("write `{known}`")).rename(
        &context.layout,
        unknown.part,
        &written(known),
    );
    let takes_array =
        unknown.table.iter().any(|key| key.name == known && matches!(key.kind, Kind::Strs));
    match context.tree.nodes.get(unknown.node + 1) {
        Some(value) if takes_array && matches!(value.kind, NodeKind::Text(_)) => {
            fix.insert(value.span.start, "[").insert(value.span.end, "]")
        }
        _ => fix,
    }
}
