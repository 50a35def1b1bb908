//! Settings that the file at the default place takes over, though another one is named.

use std::path::Path;

use crate::decode::decode;
use crate::model::{Config, Field, Leaf};
use crate::report::Impact;
use crate::rules::{Context, Rule, Sink};
use crate::settings::{Deploy, absolute};
use crate::source::{MAX_FILE, Source, Span};
use crate::tree::Tree;

/// See the page.
pub static RULE: Rule = rule!("grpc", "default_file_wins", check);

/// `defaultConfigPath` of a daemon of root.
const DEFAULT: &str = "/etc/buildkit/buildkitd.toml";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // A file elsewhere is one that the daemon of the system is given by `--config`.
    if context.settings.deploy != Some(Deploy::Daemon) {
        return;
    }
    let Some(place) = context.path(DEFAULT) else { return };
    if absolute(Path::new(context.source.name()), context.world) == place {
        return;
    }
    let Ok(bytes) = context.world.read(&place, MAX_FILE) else { return };
    let source = Source::new(DEFAULT, bytes);
    let tree = Tree::parse(&source);
    let decoded = decode(&source, &tree, context.settings.buildkit);
    let Some((_, first)) = context.tree.top().next() else { return };
    if !decoded.faults.is_empty() {
        sink.report(first.span, format!("`{DEFAULT}` does not load, and is read before this file"))
            .impact(Impact::Start)
            .also_in(DEFAULT, "does not load")
            .note("buildkitd reads it for the defaults of its flags, whatever `--config` says")
            .help("mend it, or take it away");
        return;
    }
    for (key, ours) in settings(&context.decoded.config) {
        let theirs = settings(&decoded.config).into_iter().find(|(other, _)| *other == key);
        let Some((value, _)) = theirs.and_then(|(_, theirs)| theirs) else { continue };
        if ours.as_ref().is_some_and(|(ours, _)| *ours == value) {
            continue;
        }
        let span = ours.map_or(first.span, |(_, span)| span);
        sink.report(span, format!("`{key}` is taken from `{DEFAULT}`"))
            .label("not from this file")
            .key(key)
            .also_in(DEFAULT, format!("says `{value}`"))
            .note(
                "buildkitd reads that file for the defaults of its flags, whatever `--config` \
                 says, and these flags beat the file that is named",
            )
            .help(format!("remove `{key}` there, or use that file alone"));
    }
}

/// What `applyMainFlags` takes from flags even if nobody gave them.
fn settings(config: &Config<'_>) -> [(&'static str, Option<(String, Span)>); 4] {
    fn shown<T: ToString>(leaf: &Leaf<T>) -> Option<(String, Span)> {
        let Field { key, value, .. } = leaf.field()?;
        Some((value.to_string(), *key)).filter(|(value, _)| !value.is_empty())
    }
    let tls = &config.grpc.tls;
    [
        ("grpc.gid", shown(&config.grpc.gid)),
        ("grpc.tls.cert", shown(&tls.cert)),
        ("grpc.tls.key", shown(&tls.key)),
        ("grpc.tls.ca", shown(&tls.ca)),
    ]
}
