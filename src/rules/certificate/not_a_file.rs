//! A folder where a file is needed, or the reverse.

use crate::rules::certificate::shared::refuse;
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("certificate", "not_a_file", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.settings.driver().is_some() {
        // Then buildx does not even make the builder: `deploy::file_refused`.
        return;
    }
    for file in &context.tls().files {
        if file.failure() != Some(&Failure::NotAFile(Kind::Folder)) {
            continue;
        }
        let error = match file.role {
            Role::ClientCa => "could not read ca certificate",
            Role::ServerCert | Role::ServerKey => "could not load server key pair",
            _ => "is a directory",
        };
        refuse(sink, file, format!("`{}` is a folder, expected a file", file.name()), Some(error))
            .label("cannot be read as a file")
            .help(match file.role {
                Role::RegistryCa => "name the file, or list the folder in `tlsconfigdir`",
                _ => "name the file itself",
            });
    }
    for folder in &context.tls().folders {
        let Some(place) = &folder.place else { continue };
        if context.world.kind(place) != Ok(Kind::File) {
            continue;
        }
        sink.report(folder.span, format!("`{}` is a file, expected a folder", folder.path))
            .key(folder.key.as_str())
            .label("cannot be read as a folder")
            .also(folder.registry.key.inner(), "every pull and push here fails")
            .note(format!(
                "the daemon starts; each request to {} ends with an error",
                folder.registry.name
            ))
            .help("name the folder that holds it, or list a CA file in `ca`");
    }
}
