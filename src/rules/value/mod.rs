//! Texts that a key reads on its own.

pub mod bare_seconds;
pub mod duration;
pub mod duration_overflow;
pub mod escaped_path;
pub mod lone_quote;
pub mod paths;
pub mod placeholder;
pub mod relative_path;
pub mod shell_path;
pub mod size;
pub mod zero_duration;

use crate::model::{Field, Nanos};
use crate::rules::Context;

/// The durations that say how long something is kept, with their keys, where they are read.
fn ages<'a>(context: &Context<'a>) -> Vec<(String, &'a Field<Nanos>)> {
    let config = &context.decoded.config;
    let on = context.live_workers().filter(|(_, worker)| worker.gc.get() != Some(&false));
    let rules = on.flat_map(|(name, worker)| worker.gcpolicy.iter().map(move |rule| (name, rule)));
    let rules = rules.filter_map(|(name, rule)| {
        Some((format!("{name}.gcpolicy.keepDuration"), rule.keep_duration.field()?))
    });
    let history = config.history.max_age.field().map(|age| ("history.maxAge".to_owned(), age));
    rules.chain(history).collect()
}
