//! A file or folder that is not there.

use std::borrow::Cow;

use crate::report::{Impact, Level};
use crate::rules::certificate::shared::refuse;
use crate::rules::{Context, Rule, Sink};
use crate::tls::{MOST, Role, TlsFile};
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("certificate", "missing", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // This rule alone says what could not be looked at; the others would repeat it.
    let (near, far) = context.tls().files.split_at(context.tls().files.len().min(MOST));
    for file in far {
        sink.unchecked(file.path.to_string(), format!("only the first {MOST} files are looked at"));
    }
    for file in near.iter().filter(|file| !file.listed) {
        match file.failure() {
            None if file.place.is_none() => {
                unread(sink, file, context.unseen(&file.path));
            }
            // Then buildx does not even make the builder: `deploy::file_refused`.
            Some(Failure::Missing) if context.settings.driver().is_some() => {}
            Some(Failure::Missing) => {
                let error = match file.role {
                    Role::ClientCa => "could not read ca certificate",
                    Role::ServerCert | Role::ServerKey => "could not load server key pair",
                    _ => "no such file or directory",
                };
                let message = format!("{} `{}` does not exist", file.role.name(), file.name());
                let finding = refuse(sink, file, message, Some(error));
                finding.label("no such file").help("put the file there, or correct the path");
                if file.registry.is_some() {
                    finding.note("so does one to a registry that has this one as a mirror");
                }
            }
            // Other rules speak of these.
            Some(Failure::NotAFile(_) | Failure::TooLarge(_) | Failure::Loop) | None => {}
            Some(failure) => unread(sink, file, failure.to_string()),
        }
    }
    for folder in &context.tls().folders {
        let Some(place) = &folder.place else {
            sink.unchecked(folder.path.to_owned(), context.unseen(folder.path));
            continue;
        };
        match context.world.kind(place) {
            Err(Failure::Missing) => {
                sink.report(folder.span, format!("folder `{}` does not exist", folder.path))
                    .key(folder.key.as_str())
                    .level(Level::Warn)
                    .impact(Impact::Ignored)
                    .label("ignored by buildkitd")
                    .note("nothing is said; the registry is contacted without these files")
                    .help("create the folder, or correct the path");
            }
            Err(failure) => sink.unchecked(folder.path.to_owned(), failure.to_string()),
            Ok(_) => {}
        }
    }
}

fn unread(sink: &mut Sink<'_>, file: &TlsFile<'_>, reason: impl Into<Cow<'static, str>>) {
    let path = file.path.to_string();
    if file.registry.is_some() {
        sink.unchecked(path, reason);
    } else {
        sink.start_unchecked(path, reason);
    }
}
