//! A certificate named by a relative path.

use crate::copier::Look;
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "relative_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in &context.copies().files {
        if file.path.starts_with('/') || matches!(file.look, Look::Failed(_)) {
            continue;
        }
        if creating(context, sink).is_none() {
            return;
        }
        sink.report(file.span, format!("`{}` begins where `docker buildx create` runs", file.path))
            .label("not in the folder of this file")
            .note(
                "buildx looks for it from its current folder; from another one, `docker buildx \
                 create` ends with \"no such file or directory\"",
            )
            .help("run it always in the same folder, or write an absolute path");
    }
}
