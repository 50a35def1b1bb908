//! A string, array, inline table or header without its end.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::tree::{NodeKind, SyntaxError, SyntaxKind};

/// See the page.
pub static RULE: Rule = rule!("syntax", "unclosed", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for error in &context.tree.errors {
        let (what, end) = match error.kind {
            SyntaxKind::UnclosedString => ("string", quote(context.source.slice(error.span))),
            SyntaxKind::UnclosedArray => ("array", "]"),
            SyntaxKind::UnclosedInline => ("inline table", "}"),
            SyntaxKind::UnclosedHeader => ("header", "]"),
            _ => continue,
        };
        let label = match error.kind {
            SyntaxKind::UnclosedString => format!("no `{end}` ends it"),
            SyntaxKind::UnclosedHeader => format!("`{end}` belongs here"),
            _ => format!("no `{end}` for it"),
        };
        let finding = sink
            .report(error.span, format!("{what} is not closed, expected `{end}`"))
            .label(label)
            .note("buildkitd refuses the whole file and does not start");
        if let Some(fix) = close_header(context, error) {
            finding.fix(fix);
        }
    }
}

/// The quotes a string begins with.
fn quote(lexeme: &str) -> &str {
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    quotes.into_iter().find(|quote| lexeme.starts_with(quote)).unwrap_or("\"")
}

/// Closes a header whose line ends too early.
fn close_header(context: &Context<'_>, error: &SyntaxError) -> Option<Fix> {
    let node = context.tree.nodes.get(error.node?)?;
    let NodeKind::Header { keys, array } = &node.kind else { return None };
    let early = error.kind == SyntaxKind::UnclosedHeader && error.span.start == error.span.end;
    let brackets = if *array { "]]" } else { "]" };
    let end = context.tree.path_span(keys).end;
    let rest = context.source.text().get(end as usize..)?.lines().next().unwrap_or_default();
    // Behind a carriage return alone the next line may stand, which would become a comment.
    (early && !rest.contains('\r')).then(|| Fix::safe("close the header").insert(end, brackets))
}
