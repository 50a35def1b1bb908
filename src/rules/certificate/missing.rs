//! A file or folder that is not there.

use crate::report::{Impact, Level, Locality};
use crate::rules::certificate::files::{judged, named};
use crate::rules::{Context, Rule, Sink};
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("certificate", "missing", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // This rule alone says what could not be looked at; the others would repeat it.
    for file in named(context) {
        match file.load(context) {
            None => skip(context, sink, &file.path),
            Some(Err(Failure::Missing)) => {
                let finding = sink
                    .report(
                        file.span,
                        format!("{} `{}` does not exist", file.role.name(), file.path),
                    )
                    .label("no such file")
                    .impact(file.role.impact());
                if let Some((host, name)) = file.host {
                    finding.also(host, "every pull and push here fails").note(format!(
                        "the daemon starts; each request to {name} ends with \"no such file or \
                         directory\", and so does one to a registry that has it as a mirror"
                    ));
                } else {
                    finding.note("buildkitd cannot load it and exits");
                }
                finding.help("put the file there, or correct the path");
            }
            Some(Err(Failure::NotAFile(_)) | Ok(_)) => {}
            Some(Err(failure)) => sink.unchecked(file.path.as_ref(), failure.to_string()),
        }
    }
    for registry in context.decoded.config.registry.iter() {
        for folder in registry.tlsconfigdir.items().iter().filter(|item| !item.value.is_empty()) {
            if !judged(context, &folder.value) {
                skip(context, sink, &folder.value);
                continue;
            }
            match context.world.kind(&context.path(&folder.value)) {
                Err(Failure::Missing) => {
                    sink.report(
                        folder.span.inner(),
                        format!("folder `{}` does not exist", folder.value),
                    )
                    .level(Level::Warn)
                    .impact(Impact::Ignored)
                    .label("ignored by buildkitd")
                    .note("nothing is said; the registry is contacted without these files")
                    .help("create the folder, or correct the path");
                }
                Err(failure) => sink.unchecked(folder.value.as_ref(), failure.to_string()),
                Ok(_) => {}
            }
        }
    }
}

fn skip(context: &Context<'_>, sink: &mut Sink<'_>, path: &str) {
    let reason = match context.locality {
        Locality::Elsewhere => "not this machine's file",
        Locality::Here => "relative to the folder that buildkitd is started in",
    };
    sink.unchecked(path, reason);
}
