//! A certificate for a registry without its key, or the reverse.

use std::cell::OnceCell;

use crate::model::{Leaf, Str};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("certificate", "pair_incomplete", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let misspelt = OnceCell::new();
    for registry in context.decoded.config.registry.iter() {
        let host = registry.key.inner();
        for pair in registry.keypair.iter() {
            // The entry has a span of that name, its body the key.
            let (header, pair) = (pair.key, &pair.body);
            let lacks =
                |leaf: &Str<'_>| leaf.text().is_empty() && !matches!(leaf, Leaf::Invalid(_));
            let (message, span) = match (lacks(&pair.cert), lacks(&pair.key)) {
                (true, true) => ("`keypair` has neither `cert` nor `key`", header),
                (true, false) => ("`keypair` has `key` without `cert`", place(&pair.key, header)),
                (false, true) => ("`keypair` has `cert` without `key`", place(&pair.cert, header)),
                (false, false) => continue,
            };
            let is_misspelt = |key: &&str| context.decoded.is_misspelt("keypair", key);
            if *misspelt.get_or_init(|| ["cert", "key"].iter().any(is_misspelt)) {
                continue;
            }
            sink.report(span, message)
                .label("needs both")
                .also(host, "every pull and push here fails")
                .note(format!(
                    "the daemon starts; each request to {} ends with \"failed to load keypair\"",
                    registry.name
                ))
                .help("set `cert` and `key`, or remove the table");
        }
    }
    for folder in &context.tls().folders {
        for stem in folder.names.iter().filter_map(|name| name.strip_suffix(".cert")) {
            if folder.has(&format!("{stem}.key")) {
                continue;
            }
            let path = folder.join(stem);
            sink.report(folder.span, format!("`{path}.cert` lacks `{stem}.key` beside it"))
                .key(folder.key.as_str())
                .label("holds a certificate without its key")
                .also(folder.registry.key.inner(), "every pull and push here fails")
                .note(format!(
                    "the daemon starts; each request to {} ends with an error",
                    folder.registry.name
                ))
                .help("add the key; if the file is a CA's certificate, name it `.crt`");
        }
    }
}

/// Where the half that is there stands.
fn place(leaf: &Str<'_>, header: Span) -> Span {
    leaf.field().map_or(header, |field| field.key)
}
