//! A file about devices that buildkitd cannot take.

use serde_json::Value;

use crate::hash::HashMap;
use crate::rules::{Context, Rule, Sink};
use crate::world::{Failure, Kind};

/// See the page.
pub static RULE: Rule = rule!("cdi", "spec_invalid", check);

/// `validSpecVersions` of the CDI module that upstream carries.
const VERSIONS: [&str; 10] =
    ["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    const LIMIT: u64 = 16 << 20;
    let cdi = &context.decoded.config.cdi;
    if cdi.disabled.is_true() {
        return;
    }
    for folder in cdi.spec_dirs.items().iter().filter(|folder| !folder.value.is_empty()) {
        let place = match context.look(&folder.value) {
            Ok(place) => place,
            Err(reason) => {
                sink.start_unchecked(folder.value.to_string(), reason);
                continue;
            }
        };
        let mut report = |fault: String| {
            sink.report(folder.span.inner(), fault)
                .key("cdi.specDirs")
                .label("all `.json` and `.yaml` files here are read at start")
                .note("buildkitd ends with \"CDI registry initialization failure\"")
                .help("mend the file, or take it out of the folder");
        };
        let entries = match context.world.list(&place) {
            Ok(entries) => entries,
            // A missing folder is a warning, and a file is none.
            Err(Failure::Missing | Failure::NotAFile(_)) => continue,
            Err(failure) => {
                sink.start_unchecked(folder.value.to_string(), failure.to_string());
                continue;
            }
        };
        // In one folder no spec takes precedence over another.
        let mut devices = HashMap::default();
        for entry in entries {
            let name = entry.text().to_owned();
            let ends = |end: &str| name.strip_suffix(end).is_some_and(|stem| !stem.is_empty());
            if !(ends(".json") || ends(".yaml")) || entry.kind == Some(Kind::Folder) {
                continue;
            }
            let Ok(bytes) = context.world.read(&place.join(&name), LIMIT) else { continue };
            match read(&String::from_utf8_lossy(&bytes)) {
                Err(fault) => report(format!("CDI spec `{name}` {fault}")),
                Ok(found) => {
                    for device in found {
                        if let Some(first) = devices.insert(device.clone(), name.clone()) {
                            report(format!(
                                "`{first}` and `{name}` both describe the device `{device}`"
                            ));
                        }
                    }
                }
            }
        }
    }
}

/// The devices of a spec, as far as they can be told without a reader of YAML.
fn read(text: &str) -> Result<Vec<String>, String> {
    let Some(spec) = serde_json::from_slice::<Value>(text.as_bytes()).ok() else {
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty".to_owned());
        }
        // JSON is YAML, but YAML is more: only what can be neither is at fault.
        let opens = text.matches(['{', '[']).count() > text.matches(['}', ']']).count();
        if text.starts_with('{') && opens {
            return Err("is neither JSON nor YAML".to_owned());
        }
        let version = text.lines().find_map(|line| line.strip_prefix("cdiVersion:"));
        let bare = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        return version
            .map_or(Ok(Vec::new()), |version| known(&bare(version)).map(|()| Vec::new()));
    };
    known(spec.get("cdiVersion").and_then(Value::as_str).unwrap_or_default())?;
    let kind = spec.get("kind").and_then(Value::as_str).unwrap_or_default();
    let devices = spec.get("devices").and_then(Value::as_array);
    let names = devices.into_iter().flatten().filter_map(|device| device.get("name")?.as_str());
    let names: Vec<_> = names.map(|name| format!("{kind}={name}")).collect();
    if names.is_empty() { Err("describes no device".to_owned()) } else { Ok(names) }
}

fn known(version: &str) -> Result<(), String> {
    let bare = version.strip_prefix('v').unwrap_or(version);
    if VERSIONS.contains(&bare) {
        return Ok(());
    }
    Err(format!("has the unknown `cdiVersion` \"{version}\""))
}
