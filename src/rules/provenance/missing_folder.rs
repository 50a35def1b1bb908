//! A folder for provenance that is not there.

use crate::report::{Impact, Level};
use crate::rules::{Context, Rule, Sink};
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("provenance", "missing_folder", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(folder) = context.decoded.config.provenance_env_dir.field() else { return };
    let place = match context.look(&folder.value) {
        Ok(place) => place,
        Err(reason) => return sink.start_unchecked(folder.value.to_string(), reason),
    };
    match context.world.kind(&place) {
        Err(Failure::Missing) => {
            sink.report(folder.span, format!("folder `{}` does not exist", folder.value))
                .key("provenanceEnvDir")
                .label("passed over without a word")
                .note("provenance of builds carries nothing from it");
        }
        Ok(Kind::File | Kind::Other) => {
            sink.report(folder.span, format!("`{}` is no folder", folder.value))
                .key("provenanceEnvDir")
                .level(Level::Deny)
                .impact(Impact::Start)
                .label("expected a folder with `.json` files")
                .note("buildkitd ends at start");
        }
        Ok(Kind::Folder) | Err(_) => {}
    }
}
