//! A value that the daemon passes over and buildx refuses.

use crate::copier::{Refusal, unreadable};
use crate::decode::scalar::Scalar;
use crate::report::Impact;
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "unreadable_value", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // Most files have none, however much of them buildx reads.
    if unreadable(context.source, context.tree).next().is_none() {
        return;
    }
    for refusal in context.copies().refusals() {
        let Refusal::Value(span, scalar) = *refusal else { continue };
        if creating(context, sink).is_none() {
            return;
        }
        let label = match scalar {
            Scalar::Date { .. } => "no such date or time",
            Scalar::Float => "not a number",
            Scalar::Integer | Scalar::Bool(_) => "not an integer of 64 bits",
        };
        let written = context.source.slice(span);
        sink.report(span, format!("buildx cannot read `{written}`"))
            .impact(Impact::Build)
            .label(label)
            .note(
                "the daemon passes over it; `docker buildx create` reads every value and ends \
                 with \"failed to parse buildkit configuration file\"",
            )
            .help("mend the value, or remove the key");
    }
}
