//! What the policies about certificates and keys share.

use crate::rules::{Context, Sink};
use crate::tls::TlsFile;

/// The certificate files that a connection depends on and that could be read; of the others it says
/// why nothing can be told.
pub(crate) fn certificates<'c, 'a>(
    context: &'c Context<'a>,
    sink: &mut Sink<'_>,
) -> Vec<&'c TlsFile<'a>> {
    unseen(context, sink, &["grpc.tls.cert", "grpc.tls.ca"]);
    let live = context.tls().live().filter(|file| !file.role.is_key());
    let seen = live.filter(|file| match file.content() {
        Some(_) if file.certificates().is_empty() => {
            sink.undecided(&file.key, "no certificate in the file can be read");
            false
        }
        Some(_) => true,
        None => {
            sink.undecided(&file.key, reason(context, file));
            false
        }
    });
    seen.collect()
}

/// Why a file was not read.
pub(crate) fn reason(context: &Context<'_>, file: &TlsFile<'_>) -> String {
    match file.failure() {
        Some(failure) => failure.to_string(),
        None if file.place.is_none() => context.unseen(&file.path).to_owned(),
        None => "there are too many files".to_owned(),
    }
}

/// Says which files are not known: those that flags name in the place of these keys, and those of
/// folders that lie elsewhere.
pub(crate) fn unseen(context: &Context<'_>, sink: &mut Sink<'_>, keys: &[&str]) {
    for key in keys {
        if let Some(flag) = context.effective().flag(key) {
            sink.undecided(key, format!("the file of {} is not looked at", flag.flag));
        }
    }
    for folder in context.tls().folders.iter().filter(|folder| folder.place.is_none()) {
        sink.undecided(&folder.key, context.unseen(folder.path));
    }
}
