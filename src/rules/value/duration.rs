//! A text is no duration that buildkitd understands.

use crate::decode::FaultKind;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "duration", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fault in &context.decoded.faults {
        let FaultKind::Duration = fault.kind else { continue };
        let text = context.source.slice(fault.span);
        let finding = sink
            .fault(fault, format!("`{}` takes a duration, found `{text}`", fault.key))
            .label("units are h, m, s, ms, us, ns")
            .key(fault.key.clone())
            .note("buildkitd refuses the whole file and does not start");
        match hours(text.trim_matches(['"', '\''])) {
            Some(hours) => {
                let fix = Fix::safe("write it in hours");
                finding.fix(fix.replace(fault.span, format!("\"{hours}h\"")));
            }
            None => {
                finding.help("write hours, minutes and seconds, like \"48h\" or \"1h30m\"");
            }
        }
    }
}

/// What whole days and weeks are in hours.
fn hours(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let number: u32 = digits.parse().ok()?;
    match lower.get(digits.len()..)?.trim() {
        "d" | "day" | "days" => number.checked_mul(24),
        "w" | "week" | "weeks" => number.checked_mul(168),
        "hour" | "hours" | "h" => Some(number),
        _ => None,
    }
}
