//! A text is no size that buildkitd understands.

use crate::decode::{FaultKind, scalar};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "size", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::Size = fault.kind else { continue };
        let text = context.source.slice(fault.span);
        let finding = sink
            .fault(fault, format!("`{}` takes a size, found `{text}`", fault.key()))
            .label("not a number with a unit, nor a whole percentage")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        match mended(text.trim_matches(['"', '\''])) {
            Some(size) => {
                finding.fix(Fix::safe("write the size").replace(fault.span, format!("\"{size}\"")));
            }
            None => {
                finding.help("write it like \"10GB\" or \"20%\"");
            }
        }
    }
}

/// The size that was surely meant.
fn mended(text: &str) -> Option<String> {
    let tight: String = text.split_whitespace().collect();
    let lower = tight.to_ascii_lowercase();
    let size = match lower.strip_suffix('i') {
        Some(rest) if rest.ends_with(['k', 'm', 'g', 't', 'p']) => format!("{tight}B"),
        _ => tight,
    };
    scalar::size(&size).is_ok().then_some(size)
}
