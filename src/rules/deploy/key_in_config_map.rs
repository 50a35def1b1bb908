//! A private key that ends in a ConfigMap.

use crate::args::buildx::Driver;
use crate::copier::Role;
use crate::rules::deploy::driver;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "key_in_config_map", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.copies().files.iter().filter(|file| file.role == Role::Key) {
        if driver(context, sink) != Some(Driver::Kubernetes) {
            return;
        }
        sink.report(file.span, format!("the key `{}` is kept in a ConfigMap", file.path))
            .label("copied as it is")
            .note(
                "whoever may read ConfigMaps in the builder's namespace reads the key; Secrets, \
                 which clusters guard better, are not used by the kubernetes driver",
            )
            .help("use a namespace of its own for builders, or a key that opens little");
    }
}
