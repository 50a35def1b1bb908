//! A path that only a shell would expand.

use crate::copier::Look;
use crate::rules::value::paths::{is_by_buildx, paths};
use crate::rules::value::placeholder::mark;
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("value", "shell_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for path in paths(context) {
        if !path.is_for_shells() || mark(path.text).is_some() || is_refused(context, path.span) {
            continue;
        }
        let finding = sink
            .report(path.span.inner(), format!("`{}` is not expanded", path.text))
            .key(path.key.clone())
            .label("taken as it stands")
            .help("write the path in full");
        if !path.is_absolute() {
            finding.note("it is a path below the folder in which the program was started");
        }
    }
}

/// Whether buildx is known to fail over the file; that has a rule of its own.
fn is_refused(context: &Context<'_>, span: Span) -> bool {
    let by_buildx = context.settings.deploy.is_some() && is_by_buildx(context);
    let within = |inner: Span| span.start <= inner.start && inner.end <= span.end;
    by_buildx
        && context
            .copies()
            .files
            .iter()
            .any(|file| within(file.span) && matches!(file.look, Look::Failed(_)))
}
