//! A file for provenance that buildkitd cannot take.

use serde_json::Value;

use crate::rules::{Context, Rule, Sink};
use crate::world::Kind;

/// See the page.
pub static RULE: Rule = rule!("provenance", "bad_file", check);

/// Such a file holds a few names; larger ones are not looked at.
const LIMIT: u64 = 1 << 20;
/// What buildkitd writes itself.
const BUILT_IN: [&str; 3] = ["buildConfig", "builderPlatform", "platform"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(folder) = context.decoded.config.provenance_env_dir.field() else { return };
    // `provenance::missing_folder` says that the folder was not looked at.
    let Ok(path) = context.look(&folder.value) else { return };
    let Ok(entries) = context.world.list(&path) else { return };
    for entry in entries.iter().filter(|entry| entry.text().strip_suffix(".json").is_some()) {
        let file = path.join(&entry.name);
        if context.world.kind(&file) != Ok(Kind::File) {
            continue;
        }
        let bytes = match context.world.read(&file, LIMIT) {
            Ok(bytes) => bytes,
            Err(failure) => {
                sink.start_unchecked(file.display().to_string(), failure.to_string());
                continue;
            }
        };
        let label = match serde_json::from_slice(String::from_utf8_lossy(&bytes).as_bytes()) {
            Err(error) => format!("`{}` is no JSON: {error}", entry.text()),
            Ok(Value::Object(keys)) => match BUILT_IN.iter().find(|key| keys.contains_key(**key)) {
                Some(key) => {
                    format!("`{}` sets `{key}`, which buildkitd writes itself", entry.text())
                }
                None => continue,
            },
            Ok(Value::Null) => continue,
            Ok(_) => format!("`{}` holds no object", entry.text()),
        };
        sink.report(folder.span, format!("`{}` in this folder is refused", entry.text()))
            .key("provenanceEnvDir")
            .label(label)
            .note("buildkitd ends at start");
    }
}
