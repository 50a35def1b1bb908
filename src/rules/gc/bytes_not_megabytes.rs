//! Megabytes that are read as bytes.

use super::limits::{SPLIT, effective, small_number};
use crate::release::Release;
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "bytes_not_megabytes", check);

/// From here on a number is read as megabytes; smaller ones may be gigabytes or percent.
const MEGABYTES: i64 = 500;
/// The first release that takes units.
const UNITS: Release = Release::new(12, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for limits in effective(context) {
        for &(key, leaf) in limits.read() {
            let Some(number) = small_number(context, leaf) else { continue };
            let Some(field) = leaf.field() else { continue };
            let written = context.source.slice(field.span);
            let what = match key {
                "minFreeSpace" => "asks for",
                "maxUsedSpace" => "allows",
                _ => "keeps",
            };
            let finding = sink
                .report(field.span, format!("`{key} = {written}` {what} {number} bytes"))
                .key(limits.key(key))
                .label("a bare number counts bytes")
                .note(match key {
                    "minFreeSpace" => "any disk has so much free; the limit never acts",
                    "maxUsedSpace" => {
                        "beyond what is reserved, collecting deletes all cache that is not in use"
                    }
                    _ if limits.rule.is_some() => {
                        "as good as nothing is kept by this rule once it acts"
                    }
                    _ => "as good as nothing is reserved when buildkitd collects after a build",
                });
            if key == "gckeepstorage" {
                finding.note(
                    "the official sample carried 9000 until v0.16, for some releases with \
                     \"in MB\" beside it; only the command-line flag takes megabytes",
                );
            }
            if context.settings.buildkit.some_before(UNITS) {
                finding.help("write the bytes; units are taken since v0.12");
                continue;
            }
            if number < MEGABYTES {
                finding.help(format!("write the unit, such as \"{number}GB\" or \"{number}%\""));
                continue;
            }
            let mut fix =
                Fix::unsafe_("write the unit").replace(field.span, format!("\"{number}MB\""));
            let old = matches!(key, "gckeepstorage" | "keepBytes");
            let all_know = context.settings.buildkit.all_since(SPLIT);
            if old
                && all_know
                && limits.overruled_by().is_none()
                && context.source.slice(field.key) == key
            {
                fix.title.to_mut().push_str("; from v0.17 on the key is named `reservedSpace`");
                fix = fix.rename(&context.layout, field.key, "reservedSpace");
            }
            finding.fix(fix);
        }
    }
}
