//! A state folder that cannot be made.

use crate::rules::grpc::socket_path::file_above;
use crate::rules::{Context, Rule, Sink};
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("daemon", "root_unusable", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(root) = context.decoded.config.root.field() else { return };
    let Some(label) = fault(context, &root.value) else { return };
    sink.report(root.span, format!("`{}` cannot be the folder for buildkitd's state", root.value))
        .key("root")
        .label(label)
        .note("buildkitd reads the file, fails to create the folder and exits")
        .help("name a folder on a disk with room for the cache, such as `/var/lib/buildkit`");
}

fn fault(context: &Context<'_>, path: &str) -> Option<String> {
    if ["/proc", "/sys"].iter().any(|kernel| {
        path.strip_prefix(kernel).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) {
        return Some("the kernel's own folder takes no new ones".to_owned());
    }
    let place = context.look(path).ok()?;
    if matches!(context.world.kind(&place), Ok(Kind::File | Kind::Other)) {
        return Some("not a folder on this machine".to_owned());
    }
    let file = file_above(context, &place)?;
    Some(format!("{} is a file, not a folder", file.display()))
}
