//! Where secrets stand in a file: in keys that have no business there, and in the user part of
//! addresses. They are blotted out before anything is printed.

use crate::decode::Decoded;
use crate::decode::classify::is_credential;
use crate::report::Finding;
use crate::source::{Source, Span, Spans};
use crate::tree::{NodeKind, Tree, unquote};

/// The spans of all of them.
#[must_use]
pub fn spans(source: &Source, tree: &Tree, decoded: &Decoded<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    // At any depth: below a table that is not known, keys are not judged one by one.
    for (id, node) in tree.nodes.iter().enumerate() {
        if let NodeKind::Pair { keys } = &node.kind
            && let Some(last) = tree.path(keys).last()
            && is_credential(&unquote(source.slice(last.span), last.quote))
            && let Some(value) = tree.nodes.get(id + 1)
        {
            let bare = value.kind == NodeKind::Bare;
            spans.push(if bare { value.span } else { value.span.inner() });
        }
    }
    let text = source.text();
    let ends = |c: char| matches!(c, '/' | '"' | '\'' | '?' | '#') || c.is_whitespace();
    for (at, mark) in text.match_indices("://") {
        spans.extend(user_part(text, at + mark.len(), ends));
    }
    for entry in decoded.config.registry.iter() {
        for mirror in entry.mirrors.items() {
            spans.extend(user_part(text, mirror.span.start as usize + 1, ends));
        }
        spans.extend(user_part(text, entry.key.start as usize + 1, ends));
    }
    spans
}

/// Takes the secrets out of what rules have said about them, in case one repeats the value. A fix
/// that would write a secret anew is not offered.
pub fn scrub(source: &Source, spans: &[Span], findings: &mut [Finding]) {
    let secrets: Spans = spans.iter().copied().collect();
    for finding in findings {
        for span in secrets.touching(finding.span) {
            let secret = source.slice(span);
            finding.fixes.retain(|fix| !fix.edits.iter().any(|edit| edit.text.contains(secret)));
            let words = [&mut finding.message, &mut finding.label]
                .into_iter()
                .chain(&mut finding.notes)
                .chain(&mut finding.help);
            for text in words.filter(|text| text.contains(secret)) {
                *text = text.replace(secret, "****");
            }
        }
    }
}

/// A text with the user parts of its addresses blotted out; `address` says that it is one without
/// a scheme.
#[must_use]
pub fn hide(text: &str, address: bool) -> String {
    let ends = |c: char| matches!(c, '/' | '"' | '\'' | '?' | '#') || c.is_whitespace();
    let marks = text.match_indices("://").map(|(at, mark)| at + mark.len());
    let starts = address.then_some(0).into_iter().chain(marks);
    let mut out = text.to_owned();
    let spans: Vec<_> = starts.filter_map(|start| user_part(text, start, ends)).collect();
    for span in spans.into_iter().rev() {
        out.replace_range(span.range(), "****");
    }
    out
}

/// What stands before the last `@` of an address that begins at `start`.
fn user_part(text: &str, start: usize, ends: impl Fn(char) -> bool) -> Option<Span> {
    let rest = text.get(start..)?;
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let length = address.rfind('@')?;
    let start = u32::try_from(start).ok()?;
    Some(Span::new(start, start + u32::try_from(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::release::Releases;

    #[test]
    fn addresses_are_shown_without_users() {
        assert_eq!(hide("me:hush@m/p", true), "****@m/p");
        assert_eq!(hide("a https://me:hush@m and me@x", false), "a https://****@m and me@x");
        assert_eq!(hide("m:5000", true), "m:5000");
    }

    #[test]
    fn secrets_are_blotted_out() {
        let text = "# see https://u:hush@x/\n[registry.\"a\"]\nmirrors = [\"me:hush@m/p\"]\n\
            password = \"hush\"\nauth = { token = \"hush\" }\n[x.credentials]\nPassword = 'hush'\n";
        let mut source = Source::new("x", text.into());
        let spans = {
            let tree = Tree::parse(&source);
            spans(&source, &tree, &decode(&source, &tree, Releases::default()))
        };
        source.blot(&spans);
        assert!(!source.text().contains("hush"), "{}", source.text());
        assert_eq!(source.text().len(), text.len());
        assert!(source.text().contains("@m/p\"]\npassword = \"****\""));
    }
}
