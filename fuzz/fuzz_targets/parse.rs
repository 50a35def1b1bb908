//! Any bytes as a file: the tree covers what is there, in order, and every span lies in the text.

#![no_main]

use bklint::source::Source;
use bklint::tree::{NodeKind, Tree, unquote};
use bklint_fuzz::holds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let source = Source::new("buildkitd.toml", data.to_vec());
    let tree = Tree::parse(&source);
    for key in &tree.keys {
        holds(&source, key.span);
        let _ = unquote(source.slice(key.span), key.quote);
    }
    for (id, node) in tree.nodes.iter().enumerate() {
        holds(&source, node.span);
        let end = node.end as usize;
        assert!(id < end && end <= tree.nodes.len(), "a subtree of no nodes");
        for inner in &tree.nodes[id + 1..end] {
            assert!(inner.end <= node.end, "a subtree leaves its parent");
        }
        if let NodeKind::Header { keys, .. } | NodeKind::Pair { keys } = &node.kind {
            assert!(keys.start <= keys.end && keys.end as usize <= tree.keys.len());
        }
        if let NodeKind::Text(quote) = node.kind {
            let _ = unquote(source.slice(node.span), quote);
        }
        let _ = source.position(node.span.start);
    }
    for &comment in &tree.comments {
        holds(&source, comment);
        assert!(source.slice(comment).starts_with('#'));
    }
    for error in &tree.errors {
        holds(&source, error.span);
        error.context.into_iter().for_each(|span| holds(&source, span));
    }
});
