//! A credential stands in the file, and nothing reads it.

use crate::decode::classify::{Class, is_credential};
use crate::decode::named;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("secret", "credential", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in &context.decoded.unknown {
        let Class::Credential = &unknown.class else { continue };
        // In `[registry.configs."host".auth]` the last part tells, and the first is unknown.
        let part = unknown.path.iter().skip(unknown.at).find(|part| is_credential(part));
        let Some(name) = part else { continue };
        let own = unknown.path.get(unknown.at) == Some(name);
        let span = if own { unknown.part } else { unknown.span };
        sink.report(span, format!("`{name}` is not read from this file"))
            .label("ignored by buildkitd, and readable by others")
            .key(named(&unknown.path))
            .note("clients send credentials with each build, from `docker login`")
            .help("remove it here, and change the secret if others could read the file");
    }
}
