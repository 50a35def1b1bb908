//! A path that begins where the daemon was started.

use crate::rules::value::paths::{is_by_buildx, paths};
use crate::rules::value::placeholder::mark;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "relative_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for path in paths(context) {
        if path.is_absolute()
            || path.is_for_shells()
            || mark(path.text).is_some()
            || (path.copied && is_by_buildx(context))
        {
            continue;
        }
        sink.report(path.span.inner(), format!("`{}` is a relative path", path.text))
            .key(path.key.clone())
            .label("begins where buildkitd was started")
            .note("that is the root folder or that of a service, and not the folder of this file")
            .help("write an absolute path");
    }
}
