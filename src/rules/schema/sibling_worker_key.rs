//! A key stands under a worker that does not know it.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::rules::schema::unknown;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "sibling_worker_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Sibling(worker) = &unknown.class else { continue };
        let name = context.source.slice(unknown.part);
        sink.report(unknown.part, format!("`{name}` is a key of `[worker.{worker}]` only"))
            .label("passed over without a word")
            .key(named(&unknown.path));
    }
}
