//! Options that the runtime does not know.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeKind;

/// See the page.
pub static RULE: Rule = rule!("worker", "runtime_option", check);

/// The fields of `containerd.runc.v1.Options`.
const RUNC: &[&str] = &[
    "NoPivotRoot",
    "NoNewKeyring",
    "ShimCgroup",
    "IoUid",
    "IoGid",
    "BinaryName",
    "Root",
    "SystemdCgroup",
    "CriuImagePath",
    "CriuWorkPath",
    "TaskApiAddress",
    "TaskApiVersion",
];
/// The fields of `runtimeoptions.v1.Options`, which every other runtime on Linux gets.
const OTHERS: &[&str] = &["TypeUrl", "ConfigPath", "ConfigBody"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.containerd;
    let runtime = worker.runtime.name.text();
    // Without a name the table is dropped; runtimes of Windows have options of their own.
    if worker.enabled.get() == Some(&false) || runtime.is_empty() || runtime.contains("runhcs") {
        return;
    }
    let known = if runtime == "io.containerd.runc.v2" { RUNC } else { OTHERS };
    for span in names(context) {
        let name = context.source.slice(span).trim_matches(['"', '\'']);
        if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let finding = sink
            .report(span, format!("`{name}` is no option of `{runtime}`"))
            .key("worker.containerd.runtime.options")
            .label("passed over without a word");
        let plain = name.replace(['-', '_'], "");
        match known.iter().find(|known| known.eq_ignore_ascii_case(&plain)) {
            Some(meant) => {
                finding.fix(Fix::unsafe_(format!("write `{meant}`")).replace(span, *meant))
            }
            None => finding.help(format!("its options are {}", known.join(", "))),
        };
    }
}

/// Where the names of the options stand.
fn names(context: &Context<'_>) -> Vec<Span> {
    let tree = context.tree;
    let name = |pair: usize, at: usize| match &tree.nodes.get(pair)?.kind {
        NodeKind::Pair { keys } => tree.path(keys).get(at).map(|key| key.span),
        _ => None,
    };
    let mut spans = Vec::new();
    for entry in &context.decoded.config.worker.containerd.runtime.options.entries {
        let Some(value) = entry.value else { continue };
        let inline = tree.nodes.get(value).is_some_and(|node| node.kind == NodeKind::Inline);
        match (entry.header.len() + entry.path.len(), value.checked_sub(1)) {
            // `options = { … }`
            (0, _) if inline => {
                spans.extend(tree.children(value).filter_map(|(pair, _)| name(pair, 0)));
            }
            (1, Some(pair)) => {
                let parts = match tree.nodes.get(pair).map(|node| &node.kind) {
                    Some(NodeKind::Pair { keys }) => keys.len(),
                    _ => continue,
                };
                spans.extend(name(pair, parts.saturating_sub(1)));
            }
            _ => {}
        }
    }
    spans
}
