//! A CNI configuration that holds something else than its name says.

use serde_json::Value;

use crate::rules::{Context, Rule, Sink};
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("network", "cni_config_content", check);

/// Larger files are not looked at.
const LIMIT: u64 = 1 << 20;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        let Some(path) = worker.cni_config_path.field() else { continue };
        let used = match worker.network_mode.text() {
            "cni" => true,
            // Without root, `auto` is the host's network.
            "auto" | "" => !worker.rootless.is_true(),
            _ => false,
        };
        // `network::cni_config_missing` says that the file was not looked at.
        let Some(file) = context.path(&path.value).filter(|_| used) else { continue };
        let label = match context.world.read(&file, LIMIT) {
            Err(Failure::NotAFile(Kind::Folder)) => "a folder".to_owned(),
            Err(Failure::Missing) => continue,
            Err(failure) => {
                sink.start_unchecked(path.value.to_string(), failure.to_string());
                continue;
            }
            Ok(bytes) => match fault(&path.value, &bytes) {
                Some(label) => label,
                None => continue,
            },
        };
        sink.report(path.span, format!("`{}` is no such CNI configuration", path.value))
            .key(format!("{name}.cniConfigPath"))
            .label(label)
            .note("buildkitd cannot make its first network and ends at start")
            .help("a list of plugins ends in `.conflist`; any other name holds a single one");
    }
}

/// What is wrong with the content of a file of that name.
fn fault(name: &str, bytes: &[u8]) -> Option<String> {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Some(format!("is no JSON: {error}")),
    };
    let list = value.get("plugins").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let single = value.get("type").and_then(Value::as_str).is_some_and(|kind| !kind.is_empty());
    match name.strip_suffix(".conflist") {
        Some(_) if !list => Some("lacks `plugins`".to_owned()),
        None if !single && list => Some("is a list of plugins".to_owned()),
        None if !single => Some("lacks `type`".to_owned()),
        _ => None,
    }
}
