//! A path at which no socket can be made.

use std::path::Path;

use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("grpc", "socket_path", check);

/// Bytes; containerd's `CreateUnixSocket` refuses more on every system.
const LONGEST: usize = 104;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for listener in listeners(&context.decoded.config) {
        let Address::Unix(path) = listener.address else { continue };
        let kernel = ["/proc/", "/sys/"].iter().any(|folder| path.starts_with(folder));
        let (fault, label) = match path {
            "" => ("is empty".to_owned(), "no path".to_owned()),
            _ if path.len() > LONGEST => (
                format!("has {} bytes, at most {LONGEST} fit", path.len()),
                "the system has no room for more".to_owned(),
            ),
            _ if path.ends_with('/') => ("is a folder".to_owned(), "ends with `/`".to_owned()),
            _ if path.starts_with('@') => (
                "is an abstract socket, which has no file".to_owned(),
                "buildkitd sets the mode and owner of the file".to_owned(),
            ),
            _ if kernel => (
                "lies in a folder of the kernel".to_owned(),
                "no file can be made there".to_owned(),
            ),
            _ => match context.look(path).ok().and_then(|place| in_the_way(context, &place)) {
                Some(fault) => fault,
                None => continue,
            },
        };
        sink.report(listener.span.inner(), format!("path of the socket {fault}"))
            .key(listener.key)
            .label(label)
            .note("buildkitd reads the file, fails to listen and exits")
            .help("name a file in a short folder, such as /run/buildkit/buildkitd.sock");
    }
}

/// What stands on this machine where the socket, or a folder above it, should be.
fn in_the_way(context: &Context<'_>, path: &Path) -> Option<(String, String)> {
    if context.world.kind(path) == Ok(Kind::Folder) {
        return Some(("is a folder".to_owned(), "a folder on this machine".to_owned()));
    }
    let file = file_above(context, path)?.display();
    Some((format!("lies below {file}, which is a file"), "no folder on this machine".to_owned()))
}

/// The file that stands where a folder of the path should be.
pub(crate) fn file_above<'p>(context: &Context<'_>, path: &'p Path) -> Option<&'p Path> {
    let mut above = path.ancestors().skip(1);
    above.find(|part| matches!(context.world.kind(part), Ok(Kind::File | Kind::Other)))
}
