//! A key is written in another letter case than upstream's.

use std::cell::LazyCell;

use crate::decode::classify::Class;
use crate::decode::quirk::GO_TOML_2;
use crate::decode::{FaultKind, Oddity, named};
use crate::hash::HashMap;
use crate::report::{Fix, Impact, Level};
use crate::rules::schema::written;
use crate::rules::{Context, Rule, Sink};
use crate::source::{Span, Spans};
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("schema", "letter_case", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let all_take_it = context.settings.buildkit.all_since(GO_TOML_2);
    // Most files have no such key, however many faults.
    let twice = LazyCell::new(|| spelt_twice(context));
    let clashing = LazyCell::new(|| clashing(context));
    // What an array has lost comes back where it is spelt like the others.
    let emptied = context.decoded.oddities.iter().any(|one| matches!(one, Oddity::Emptied { .. }));
    for oddity in &context.decoded.oddities {
        let Oddity::Case { span, name } = oddity else { continue };
        // Where the key stands in both spellings, that is the fault, and a new name no safe fix.
        if clashing.cover(*span) {
            continue;
        }
        // There it is worse: `deploy::registry_letter_case`.
        if *name == "registry" && context.settings.driver().is_some() {
            continue;
        }
        let text = context.source.slice(*span);
        if text.trim_matches(['"', '\'']).eq_ignore_ascii_case(name) {
            let finding = sink.report(*span, format!("`{text}` is called `{name}`"));
            finding.label(if all_take_it {
                "taken in any letter case since v0.28 only"
            } else {
                "one of the spellings that older releases take"
            });
            if !emptied && !twice.cover(*span) {
                let fix = Fix::safe("write it as upstream does");
                finding.fix(fix.rename(&context.layout, *span, &written(name)));
            }
        }
    }
    for unknown in &context.decoded.unknown {
        let Class::Case(name) = unknown.class else { continue };
        let text = context.source.slice(unknown.part);
        // Part of the target takes it.
        let level = if unknown.only.is_some() { Level::Warn } else { Level::Deny };
        sink.report(unknown.part, format!("`{text}` is `{name}` before v0.28"))
            .level(level)
            .impact(Impact::Ignored)
            .key(named(&unknown.path))
            .label("passed over without a word")
            .only(unknown.only)
            .fix(Fix::unsafe_("write it as upstream does").rename(
                &context.layout,
                unknown.part,
                &written(name),
            ));
    }
}

/// Where a key stands more than once: refused, overwritten, or emptied.
fn clashing(context: &Context<'_>) -> Spans {
    let twice = context.decoded.faults.iter().filter_map(|fault| match fault.kind {
        FaultKind::DuplicateKey { first } | FaultKind::DuplicateTable { first } => {
            Some([fault.span, first])
        }
        _ => None,
    });
    let spans = context.decoded.oddities.iter().flat_map(|oddity| match oddity {
        Oddity::Overwritten { first, second } => [Some(*first), Some(*second)],
        Oddity::Emptied { node, .. } => [context.tree.nodes.get(*node).map(|node| node.span), None],
        _ => [None, None],
    });
    spans.flatten().chain(twice.flatten()).collect()
}

/// The headers, and the pairs of a table, that another one equals but for letter case: spelt alike,
/// they would be the same twice.
fn spelt_twice(context: &Context<'_>) -> Spans {
    let mut known = HashMap::<_, Vec<Span>>::default();
    let mut header = 0;
    for (_, node) in context.tree.top() {
        let (table, name) = match &node.kind {
            NodeKind::Header { array, .. } => {
                header = node.span.start;
                if *array {
                    continue;
                }
                (None, node.span)
            }
            NodeKind::Pair { keys } => (Some(header), context.tree.path_span(keys)),
            _ => continue,
        };
        let name = context.source.slice(name).to_lowercase();
        known.entry((table, name)).or_default().push(node.span);
    }
    known.into_values().filter(|spans| spans.len() > 1).flatten().collect()
}
