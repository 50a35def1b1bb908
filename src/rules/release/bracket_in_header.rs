//! Brackets in the quotes of a header, which older releases take for its end.

use crate::decode::FaultKind;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("release", "bracket_in_header", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::BracketInHeader = fault.kind else { continue };
        sink.fault(fault, "brackets in a header's quotes before v0.28")
            .label("brackets end it there, quoted or not")
            .note("buildkitd refuses the whole file and does not start")
            .help("write the table inline: `\"[::1]:5000\" = { http = true }` below `[registry]`");
    }
}
