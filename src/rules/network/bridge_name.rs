//! A bridge with an impossible name.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("network", "bridge_name", check);

/// The most bytes that Linux takes.
const MOST: usize = 15;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        if worker.network_mode.text() != "bridge" {
            continue;
        }
        let Some(bridge) = worker.bridge_name.field() else { continue };
        let text = bridge.value.as_ref();
        // The last two break the JSON that the name is pasted into.
        let foreign = |c: char| c.is_whitespace() || c.is_control() || "/:\"\\".contains(c);
        let label = if text.len() > MOST {
            format!("{} bytes, at most {MOST} are possible", text.len())
        } else if let Some(c) = text.chars().find(|c| foreign(*c)) {
            format!("holds {c:?}")
        } else if text == "lo" {
            "every machine has this interface, which is no bridge".to_owned()
        } else {
            continue;
        };
        sink.report(bridge.span, format!("`{text}` cannot be the name of a bridge"))
            .key(format!("{name}.bridgeName"))
            .label(label)
            .note("buildkitd cannot create the bridge and ends at start");
    }
}
