//! A path at which no socket can be made.

use crate::rules::grpc::address::{Address, listeners};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("grpc", "socket_path", check);

/// Bytes; containerd's `CreateUnixSocket` refuses more on every system.
const LONGEST: usize = 104;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for listener in listeners(&context.decoded.config) {
        let Address::Unix(path) = listener.address else { continue };
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
            _ => continue,
        };
        sink.report(listener.span.inner(), format!("path of the socket {fault}"))
            .key(listener.key)
            .label(label)
            .note("buildkitd reads the file, fails to listen and exits")
            .help("name a file in a short folder, such as /run/buildkit/buildkitd.sock");
    }
}
