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
            .fault(fault, format!("`{}` takes a duration, found `{text}`", fault.key()))
            .label("units are h, m, s, ms, us, ns")
            .key(fault.key())
            .note("buildkitd refuses the whole file and does not start");
        let inner = text.trim_matches(['"', '\'']);
        if let Some(hours) = hours(inner) {
            let fix = Fix::safe("write it in hours");
            finding.fix(fix.replace(fault.span, format!("\"{hours}h\"")));
        } else if let Some(seconds) = seconds(inner) {
            let fix = Fix::safe("write seconds as a plain integer");
            finding.fix(fix.replace(fault.span, seconds.to_string()));
        } else {
            finding.help("write hours, minutes and seconds, like \"48h\" or \"1h30m\"");
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

/// What a number is in digits alone: `1_000`, `0x10`, `1e3`.
fn seconds(text: &str) -> Option<u32> {
    let digits = text.replace('_', "");
    match digits.get(..2) {
        Some("0x") => u32::from_str_radix(digits.get(2..)?, 16).ok(),
        Some("0o") => u32::from_str_radix(digits.get(2..)?, 8).ok(),
        _ => match digits.split_once(['e', 'E']) {
            Some((number, power)) => {
                let power = 10_u32.checked_pow(power.trim_start_matches('+').parse().ok()?)?;
                number.parse::<u32>().ok()?.checked_mul(power)
            }
            None => digits.parse().ok(),
        },
    }
}
