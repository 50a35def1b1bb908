//! `debug = true` or `trace = true`.

use crate::release::Release;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("log", "debug_enabled", check);

/// The first release with `log.level`.
const LEVEL: Release = Release::new(30, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    // Beside another level the key is overruled, which `log::conflict` says.
    let level = config.log.level.text();
    let both = config.debug.is_true() && config.trace.is_true();
    for (name, leaf) in [("debug", &config.debug), ("trace", &config.trace)] {
        let Some(field) = leaf.field().filter(|field| field.value) else { continue };
        if !level.is_empty() && !level.eq_ignore_ascii_case(name) {
            continue;
        }
        if context.settings.buildkit.some_before(LEVEL) {
            // The switch is the one that all of them know.
            sink.report(field.key, format!("`{name} = true` makes the log grow"))
                .key(name)
                .label("a line for every step and request")
                .help("leave it out");
            continue;
        }
        let finding = sink
            .report(field.key, format!("`{name} = true` is deprecated since BuildKit v0.30"))
            .key(name)
            .label("the log grows with every step and request")
            .note("buildkitd still obeys, and logs a deprecation warning when it starts")
            .help(format!(
                "leave it out, or from v0.30 on write `level = \"{name}\"` in `[log]`; older \
                 releases ignore that key"
            ));
        let layout = &context.layout;
        let known = context.settings.buildkit.all_since(Release::new(30, 0));
        if !known || both && name == "debug" {
            continue;
        }
        let mut fix = Fix::unsafe_("use `log.level`").remove_pair(layout, field.key);
        if let (true, Some(debug)) = (both, config.debug.field()) {
            fix = fix.and_then(|fix| fix.remove_pair(layout, debug.key));
        }
        let value = format!("\"{name}\"");
        let pair = [("level", value.as_str())];
        let fix = match () {
            () if !level.is_empty() => fix,
            () if !config.log.is_present() => {
                fix.map(|fix| fix.add_table(layout, Some(field.key), "log", &pair))
            }
            () if config.log.level.is_absent() => {
                fix.and_then(|fix| fix.add_pairs(layout, &["log"], &pair))
            }
            () => None,
        };
        fix.map(|fix| finding.fix(fix));
    }
}
