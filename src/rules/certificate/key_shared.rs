//! One key for the listener and for a registry.

use crate::rules::certificate::shared::report;
use crate::rules::{Context, Rule, Sink};
use crate::tls::{Role, TlsFile};

/// See the page.
pub static RULE: Rule = rule!("certificate", "key_shared", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let files = &context.tls().files;
    let key = |file: &TlsFile<'_>| file.content()?.keys.first()?.key.clone();
    let listener = files.iter().find(|file| file.role == Role::ServerKey);
    let Some((listener, own)) = listener.and_then(|file| Some((file, key(file)?))) else { return };
    for file in files.iter().filter(|file| file.role == Role::RegistryKey) {
        if key(file).and_then(|key| key.pairs(&own)) != Some(true) {
            continue;
        }
        report(sink, file, "client key is the key of the listener too")
            .label("shown to a registry")
            .also(listener.span, "the same key, shown to clients of the daemon")
            .note("if it leaks from one place, both must be replaced")
            .help("have a pair issued for each");
    }
}
