//! A value is neither a string in quotes nor a boolean, number or date.

use crate::decode::FaultKind;
use crate::model::Rows;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::schema::{Key, Kind};
use crate::source::Span;
use crate::tree::{NodeKind, unquoted};

/// See the page.
pub static RULE: Rule = rule!("syntax", "not_a_value", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::NotAValue = fault.kind else { continue };
        let text = context.source.slice(fault.span);
        let lower = text.to_ascii_lowercase();
        let boolean = matches!(lower.as_str(), "true" | "false");
        let wanted = wanted(context, fault.span);
        let label = match (lower.as_str(), wanted) {
            ("true" | "false", _) => "booleans are written in lower case".to_owned(),
            ("yes" | "no" | "on" | "off", _) => "booleans are `true` and `false`".to_owned(),
            _ if is_padded(text) => "a number does not begin with a zero".to_owned(),
            _ if text.contains("{{") || text.contains("${") => {
                "a template that was not filled in".to_owned()
            }
            (_, Some(kind)) => format!("expected {}", kind.wanted()),
            (_, None) => "a string needs quotes".to_owned(),
        };
        let finding = sink
            .fault(fault, format!("`{text}` is not a value"))
            .label(label)
            .note("buildkitd refuses the whole file and does not start");
        if boolean {
            let fix = Fix::reread("write it in lower case", &context.layout, fault.span);
            finding.fix(fix.replace(fault.span, lower));
        } else if is_padded(text) {
            finding.help("leave the zero out, or write `0o` in front of an octal number");
        } else if let Some(kind) = wanted {
            let alike = |word: &&&str| strsim::jaro_winkler(word, &lower) > 0.8;
            if matches!(kind, Kind::Bool)
                && let Some(word) = ["true", "false"].iter().find(alike)
            {
                finding.fix(Fix::unsafe_(format!("write `{word}`")).replace(fault.span, *word));
            }
        } else if !matches!(lower.as_str(), "yes" | "no" | "on" | "off")
            && !text.contains(['"', '\\', '{', '$'])
            && !touches_quote(context, fault.span)
        {
            let fix = Fix::reread("quote it", &context.layout, fault.span);
            finding.fix(fix.replace(fault.span, format!("\"{text}\"")));
        }
    }
}

/// What a key takes that takes no text, unless others of its name do.
fn wanted(context: &Context<'_>, value: Span) -> Option<Kind> {
    let nodes = &context.tree.nodes;
    let at = nodes.partition_point(|node| node.span.start < value.start).checked_sub(1)?;
    let NodeKind::Pair { keys } = &nodes.get(at)?.kind else { return None };
    let key = context.tree.path(keys).last()?;
    let name = unquoted(context.source, key.span, key.quote);
    let kinds = kinds(context.decoded.config.keys(), &name);
    let is_text = |kind: &Kind| matches!(kind, Kind::Str | Kind::Size | Kind::Duration);
    kinds.first().copied().filter(|_| !kinds.iter().any(is_text))
}

/// The kinds of all keys of that name.
fn kinds(keys: &'static [Key], name: &str) -> Vec<Kind> {
    let kinds = keys.iter().flat_map(|key| {
        let own = key.name.eq_ignore_ascii_case(name).then_some(key.kind);
        own.into_iter().chain(kinds(key.kind.keys(), name))
    });
    kinds.collect()
}

/// Two quotes and one more would open a string of many lines, and one more in a line would end
/// what is open there.
fn touches_quote(context: &Context<'_>, span: Span) -> bool {
    /// A longer line would be gone through for each of its values.
    const LONGEST: usize = 1024;
    let (before, behind) = context.source.text().split_at(span.start as usize);
    let behind = behind.get((span.end - span.start) as usize..).unwrap_or_default();
    let near = before.len().saturating_sub(LONGEST);
    let line = match before.get(near..).map(|text| (text, text.rsplit_once('\n'))) {
        Some((_, Some((_, line)))) => line,
        Some((text, None)) if near == 0 => text,
        _ => return true,
    };
    line.ends_with(['"', '\''])
        || line.matches('"').count() % 2 == 1
        || behind.starts_with(['"', '\''])
}

/// A whole number that begins with a zero, which some read as octal.
fn is_padded(text: &str) -> bool {
    text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}
