//! Files that do not fit into a ConfigMap.

use std::collections::BTreeMap;

use crate::args::buildx::Driver;
use crate::copier::{Copied, HOME};
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "config_map", check);

/// `IsConfigMapKey` of `k8s.io/apimachinery` counts bytes.
const LONGEST: usize = 253;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut wrong = BTreeMap::<&str, &Copied<'_>>::new();
    for file in &context.copies().files {
        if !is_key(base(file)) {
            wrong.entry(&file.name).or_insert(file);
        }
    }
    for file in wrong.into_values() {
        if creating(context, sink) != Some(Driver::Kubernetes) {
            return;
        }
        sink.report(file.span, format!("`{}` is not a name that a ConfigMap takes", base(file)))
            .label("letters, digits, `-`, `_` and `.` alone")
            .note(format!(
                "the kubernetes driver keeps what becomes {HOME}/{} in a ConfigMap; the cluster \
                 refuses it when the builder is booted",
                file.name
            ))
            .help("rename the file");
    }
}

fn base<'a>(file: &'a Copied<'_>) -> &'a str {
    file.name.rsplit('/').next().unwrap_or_default()
}

fn is_key(name: &str) -> bool {
    name.len() <= LONGEST
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
