//! A specification of devices that is not read for its name.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("cdi", "spec_extension", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let cdi = &context.decoded.config.cdi;
    if cdi.disabled.is_true() {
        return;
    }
    for folder in cdi.spec_dirs.items() {
        let Some(place) = context.path(&folder.value) else {
            sink.unchecked(folder.value.to_string(), context.unseen(&folder.value));
            continue;
        };
        let Ok(entries) = context.world.list(&place) else { continue };
        for entry in entries.iter().filter(|entry| entry.text().strip_suffix(".yml").is_some()) {
            sink.report(
                folder.span,
                format!("`{}` in `{}` is not read", entry.text(), folder.value),
            )
            .key("cdi.specDirs")
            .label("only `.json` and `.yaml` are")
            .note("its devices do not exist for buildkitd, and nothing is logged")
            .help("rename it to end in `.yaml`");
        }
    }
}
