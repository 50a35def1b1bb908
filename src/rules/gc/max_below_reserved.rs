//! A maximum that the reserve overrules.

use super::limits::{effective, small_number};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "max_below_reserved", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        let read = limits.read();
        let find = |name: &str| {
            read.iter().find(|(key, _)| *key == name).and_then(|(_, leaf)| leaf.field())
        };
        let reserved = find("reservedSpace").filter(|size| !size.value.is_zero());
        let Some(reserved) = reserved.or_else(|| find("keepBytes")) else { continue };
        let Some(most) = find("maxUsedSpace").filter(|size| !size.value.is_zero()) else {
            continue;
        };
        let (a, b) = (most.value, reserved.value);
        // Bytes and percent cannot be compared without the disk.
        let bytes = a.percentage == 0 && b.percentage == 0 && a.bytes < b.bytes;
        let percent =
            a.bytes == 0 && b.bytes == 0 && 0 <= a.percentage && a.percentage < b.percentage;
        let small = read.iter().any(|(_, leaf)| small_number(context, leaf).is_some());
        if (bytes || percent) && !small {
            let text = |span| context.source.slice(span).trim_matches(['"', '\'']);
            let message = format!(
                "maximum of {} is below the {} reserved",
                text(most.span),
                text(reserved.span)
            );
            sink.report(most.span, message)
                .key(limits.key("maxUsedSpace"))
                .label("no effect")
                .also(reserved.span, "the larger value counts")
                .note("buildkitd deletes nothing until the cache is larger than what is reserved")
                .help("exchange the two values, or lower the reserve");
        }
    }
}
