//! A size beyond what buildkitd can count.

use super::limits::effective;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "size_overflow", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        for &(key, leaf) in limits.read() {
            let Some(size) = leaf.field().filter(|size| size.value.bytes < 0) else { continue };
            let written = context.source.slice(size.span).trim_matches(['"', '\'']);
            sink.report(size.span, format!("`{written}` is more than 8 EiB"))
                .key(limits.key(key))
                .label("turns negative")
                .note("on amd64 buildkitd counts with a negative size and takes no notice")
                .help("leave the line out if there should be no limit");
        }
    }
}
