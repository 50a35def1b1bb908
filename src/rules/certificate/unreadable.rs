//! Something that is no ordinary file, or a very large one.

use crate::cert::LIMIT;
use crate::report::{Impact, Level};
use crate::rules::certificate::shared::{refuse, report};
use crate::rules::{Context, Rule, Sink};
use crate::tls::Role;
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("certificate", "unreadable", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in &context.tls().files {
        let path = file.name();
        match file.failure() {
            Some(Failure::Loop) => {
                let error = match file.role {
                    Role::ClientCa => "could not read ca certificate",
                    Role::ServerCert | Role::ServerKey => "could not load server key pair",
                    _ => "too many levels of symbolic links",
                };
                refuse(sink, file, format!("`{path}` is a link that leads to itself"), Some(error))
                    .level(Level::Deny)
                    .label("leads to no file")
                    .help("let the link point to the file");
            }
            Some(Failure::NotAFile(Kind::Other)) => {
                report(sink, file, format!("`{path}` is a pipe or device, expected a file"))
                    .impact(Impact::Upkeep)
                    .label("not opened by bklint")
                    .note("buildkitd reads it to its end, if there is one, each time it needs it")
                    .help("name an ordinary file");
            }
            Some(Failure::TooLarge(_)) => {
                report(
                    sink,
                    file,
                    format!("{} `{path}` is larger than {} MiB", file.role.name(), LIMIT >> 20),
                )
                .impact(Impact::Upkeep)
                .label("not looked into")
                .note(
                    "buildkitd reads all of it each time it needs it; buildx copies the first MiB \
                     into the builder, and says nothing",
                )
                .help("name a file with the certificates that are needed, and no others");
            }
            _ => {}
        }
    }
}
