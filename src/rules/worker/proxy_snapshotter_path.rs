//! The socket of a snapshotter that is written otherwise, or without the snapshotter's name.

use crate::report::{Fix, Impact, Level};
use crate::rules::{Context, Rule, Sink};
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("worker", "proxy_snapshotter_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let worker = &context.decoded.config.worker.oci;
    let off = worker.enabled.get() == Some(&false);
    let path = worker.proxy_snapshotter_path.field().filter(|path| !path.value.is_empty() && !off);
    let Some(path) = path else { return };
    let key = "worker.oci.proxySnapshotterPath";
    if let Some((scheme, rest)) = path.value.split_once("://") {
        let finding = sink
            .report(path.span, format!("socket of the snapshotter has the scheme `{scheme}://`"))
            .key(key)
            .label("expected the bare path of a socket")
            .note("buildkitd looks for a file of that name and ends at start");
        if scheme == "unix" && rest.starts_with('/') && !rest.contains(['"', '\\']) {
            let text = format!("\"{rest}\"");
            finding.fix(Fix::unsafe_("write the path alone").replace(path.span, text));
        }
        return;
    }
    match context.look(&path.value).map(|place| context.world.kind(&place)) {
        Ok(Ok(_)) => {}
        Ok(Err(Failure::Missing)) => {
            sink.report(path.span, format!("socket `{}` does not exist", path.value))
                .key(key)
                .label("no such file")
                .note("buildkitd looks for it and ends at start")
                .help("start the snapshotter before buildkitd, or correct the path");
        }
        Ok(Err(failure)) => sink.start_unchecked(path.value.to_string(), failure.to_string()),
        Err(reason) => sink.start_unchecked(path.value.to_string(), reason),
    }
    if worker.snapshotter.is_absent() {
        sink.report(path.key, "`proxySnapshotterPath` without `snapshotter`")
            .key(key)
            .level(Level::Warn)
            .impact(Impact::Build)
            .label("is asked for a snapshotter named `auto`")
            .note("few have one of that name; builds then fail when it is first used")
            .help("name the snapshotter behind the socket, such as `snapshotter = \"nydus\"`");
    }
}
