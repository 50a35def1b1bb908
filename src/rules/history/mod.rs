//! Build records.

pub mod empty_table;
pub mod negative_entries;
pub mod one_key;

use crate::release::Release;
use crate::rules::Context;

/// The default of `maxAge`, as all releases of the target read it: texts came with v0.12.
fn default_age(context: &Context<'_>) -> &'static str {
    let texts = context.settings.buildkit.all_since(Release::new(12, 0));
    if texts { "\"48h\"" } else { "172800" }
}
