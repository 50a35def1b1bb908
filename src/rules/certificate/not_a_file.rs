//! A folder where a file is needed, or the reverse.

use crate::rules::certificate::files::{judged, named};
use crate::rules::{Context, Rule, Sink};
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_a_file", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in named(context) {
        if file.load(context) != Some(Err(Failure::NotAFile(Kind::Folder))) {
            continue;
        }
        let finding = sink
            .report(file.span, format!("`{}` is a folder, expected a file", file.path))
            .impact(file.role.impact())
            .label("cannot be read as a file");
        if let Some((host, name)) = file.host {
            finding
                .also(host, "every pull and push here fails")
                .note(format!("the daemon starts; each request to {name} ends with an error"))
                .help("name the file, or list the folder in `tlsconfigdir`");
        } else {
            finding.note("buildkitd cannot load it and exits").help("name the file itself");
        }
    }
    for registry in context.decoded.config.registry.iter() {
        for folder in registry.tlsconfigdir.items() {
            if !judged(context, &folder.value)
                || context.world.kind(&context.path(&folder.value)) != Ok(Kind::File)
            {
                continue;
            }
            sink.report(
                folder.span.inner(),
                format!("`{}` is a file, expected a folder", folder.value),
            )
            .label("cannot be read as a folder")
            .also(registry.key.inner(), "every pull and push here fails")
            .note(format!(
                "the daemon starts; each request to {} ends with an error",
                registry.name
            ))
            .help("name the folder that holds it, or list a CA file in `ca`");
        }
    }
}
