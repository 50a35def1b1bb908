//! A certificate that buildx cannot read.

use crate::copier::{Look, Role};
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "file_refused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in &context.copies().files {
        let Look::Failed(failure) = &file.look else { continue };
        if creating(context, sink).is_none() {
            return;
        }
        let what = match file.role {
            Role::Ca => "CA",
            Role::Key => "key",
            Role::Cert => "cert",
        };
        let finding = sink
            .report(file.span, format!("buildx cannot copy `{}`", file.path))
            .label(failure.to_string())
            .note(format!(
                "`docker buildx create` ends with \"failed to read {what} file: {}\"",
                file.path
            ));
        if file.path.starts_with(['~', '$']) {
            finding.help("write the path out; neither `~` nor variables are replaced");
        } else if file.path.starts_with('/') {
            finding.help("put the file there, or correct the path");
        } else {
            finding
                .note("a relative path begins in the folder that the command runs in")
                .help("run it where the path begins, or write an absolute one");
        }
    }
}
