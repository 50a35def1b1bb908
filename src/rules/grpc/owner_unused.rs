//! An owner without a socket that could have it.

use crate::rules::grpc::address::split;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "owner_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let grpc = &context.decoded.config.grpc;
    let items = grpc.address.items();
    let has = |wanted: &str| {
        items.iter().any(|item| split(&item.value).is_some_and(|(scheme, _)| scheme == wanted))
    };
    // Without addresses the system decides which kind there is.
    if items.is_empty() {
        return;
    }
    let owner = [("uid", &grpc.uid), ("gid", &grpc.gid)];
    let owner = owner.into_iter().filter_map(|(name, leaf)| Some((name, leaf.field()?.key)));
    let descriptor = grpc.security_descriptor.field().map(|field| field.key);
    let all = owner
        .map(|(name, key)| (name, key, "unix"))
        .chain(descriptor.map(|key| ("securityDescriptor", key, "npipe")));
    for (name, key, scheme) in all.filter(|(_, _, scheme)| !has(scheme)) {
        sink.report(key, format!("`{name}` is set, and no address begins with `{scheme}://`"))
            .key(format!("grpc.{name}"))
            .label("not used");
    }
}
